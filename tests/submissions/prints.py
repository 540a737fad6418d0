"""Right code that prints a lot."""
# points: 20
# %% leibniz_pi
def leibniz_pi(n):
    print("x" * 1_000_000)
    return float(sum(4 * (-1.0) ** k / (2 * k + 1) for k in range(n)))
