"""A lone surrogate as a result, and as the key of one."""
# points: 14 leibniz_pi=wrong set_column=wrong
# %% leibniz_pi
def leibniz_pi(n):
    return "\ud800" * n
# %% set_column
def set_column(*_):
    return {"\ud800\x1b[2J": "\udfff"}
