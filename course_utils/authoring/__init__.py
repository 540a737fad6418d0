"""From a lesson's source to the notebooks that people open: `course build`."""
