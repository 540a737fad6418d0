"""A tensor of as many dimensions as PyTorch can work with."""
# points: 17 standardize=wrong|partial
# %% standardize
def standardize(x):
    return torch.ones([1] * 64)
