"""Results in types that no comparison can work on."""
# points: 12 leibniz_pi=wrong set_column=wrong times_table=wrong
# %% leibniz_pi
def leibniz_pi(n):
    return torch.ones(3).to(torch.float8_e4m3fn)
# %% set_column
def set_column(*_):
    return torch.ones(2, dtype=torch.complex32)
# %% times_table
def times_table(n):
    k = torch.arange(1, n + 1)
    return (k[:, None] * k).to(torch.uint16)
