"""The answer calls a helper that is defined further down."""
# points: 20
# %% leibniz_pi
def leibniz_pi(n):
    return 4 * terms(n).sum().item()
# %% last
def terms(n):
    k = torch.arange(n)
    return (-1.0) ** k / (2 * k + 1)
