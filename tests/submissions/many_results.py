"""A million items, a hundred thousand keys, and a set of tensors."""
# points: 12 leibniz_pi=wrong set_column=wrong times_table=wrong
# %% leibniz_pi
def leibniz_pi(n):
    return list(range(1_000_000))
# %% set_column
def set_column(*_):
    return {str(n) * 20: n for n in range(100_000)}
# %% times_table
def times_table(n):
    return frozenset(torch.ones(20, 20) for _ in range(300))
