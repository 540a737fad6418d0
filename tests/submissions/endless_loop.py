"""An answer that never comes back, and takes no interrupt."""
# points: 17 leibniz_pi=timeout
# %% leibniz_pi
def leibniz_pi(n):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
