"""Written as a lambda and as a class with __call__."""
# points: 20
# %% leibniz_pi
leibniz_pi = lambda n: float(sum(4 * (-1.0) ** k / (2 * k + 1) for k in range(n)))
# %% times_table
class Table:
    def __call__(self, n):
        k = torch.arange(1, n + 1)
        return k[:, None] * k


times_table = Table()
