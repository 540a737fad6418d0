"""A right answer in a tensor subclass is right."""
# points: 20
# %% times_table
class Mine(torch.Tensor):
    pass


def times_table(n):
    k = torch.arange(1, n + 1)
    return (k[:, None] * k).as_subclass(Mine)
