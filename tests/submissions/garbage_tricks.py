"""The garbage collector calls back, freezes, and finds the grader's objects."""
# points: 20
# %% first
import gc

gc.callbacks.append(lambda phase, info: 1 / 0)
gc.set_threshold(1)
gc.freeze()
found = [item for item in gc.get_objects() if type(item).__name__ in ("Verdict", "Exercise", "Tolerance")]
assert not found
