"""What a lesson notebook calls, and what it changes in the notebook's shell."""
