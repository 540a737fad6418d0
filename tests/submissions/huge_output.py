"""Megabytes of output without a line end, and as many lines."""
# points: 20
# %% first
print("x" * 5_000_000, end="")
# %% last
print("\n" * 5_000_000)
