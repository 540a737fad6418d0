"""What was submitted: finding it, reading it, and what grading it gave."""
