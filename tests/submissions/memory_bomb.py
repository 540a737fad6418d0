"""More memory than there is."""
# points: 17 leibniz_pi=error|crashed|timeout
# %% leibniz_pi
def leibniz_pi(n):
    kept = []
    while True:
        kept.append(bytearray(400_000_000))
