"""From an answer to evidence: what runs beside a student's code, and the form in which its results cross."""
