"""A dict with tensors, sets, NaN and itself in it."""
# points: 17 leibniz_pi=wrong
# %% leibniz_pi
def leibniz_pi(n):
    tree = {torch.ones(1): 1, frozenset({1}): 2, float("nan"): 3, (1, (2, 3)): 4, np.float32(1): 5, None: 6, ...: 7}
    tree["itself"] = tree
    return tree
