"""Grading: reading submissions, running them apart, and judging what they did.

Nothing is imported here, so that what runs inside the sandbox loads only its own part.
"""
