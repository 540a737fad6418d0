"""Processes without end."""
# points: 17 leibniz_pi=error|timeout|crashed
# %% leibniz_pi
def leibniz_pi(n):
    import os

    while True:
        os.fork()
