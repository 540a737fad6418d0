"""What is kept of a student's work, on this machine only."""
