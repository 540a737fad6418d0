"""Probes: what is done with an answer, to see what it does.

A probe is a function ``probe(answer, *args, **kwargs) -> tree`` that calls what the student
wrote and returns what happened as plain tensors, numbers, texts, lists and dicts. It judges
nothing. The same probe looks at the reference, at each named mistake, and at the student's
answer; the judge compares the trees. Probes go along into the grader's sandbox, so nothing
in this package may import an answer.
"""
