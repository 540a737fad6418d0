"""From evidence to a verdict. Nothing here sees an object that a student made."""
