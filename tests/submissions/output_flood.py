"""A hundred megabytes of output."""
# points: 20
# %% first
for _ in range(1000):
    print("x" * 100_000)
