"""Single edits of code: mutants that test the checks, and the edit that separates an answer from a right one."""
