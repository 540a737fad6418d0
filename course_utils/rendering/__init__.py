"""How verdicts, hints and progress look: in a notebook, and as plain text."""
