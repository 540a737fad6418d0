"""Sparse, quantized, nested and meta tensors."""
# points: 9 leibniz_pi=wrong set_column=wrong times_table=wrong standardize=wrong
# %% leibniz_pi
def leibniz_pi(n):
    return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])
# %% set_column
def set_column(*_):
    return torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)
# %% times_table
def times_table(n):
    k = torch.arange(1, n + 1)
    return (k[:, None] * k).to_sparse()
# %% standardize
def standardize(x):
    return x.to("meta")
