"""nbgrader's side: its preprocessors, its cells and its gradebook."""
