"""Wrong at first, checked, and mended at the end of the notebook."""
# points: 20
# %% leibniz_pi
def leibniz_pi(n):
    return 3.0
# %% last
def leibniz_pi(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (2 * k + 1)).sum().item()
