"""A cell that never comes to an end costs its own exercise."""
# points: 17 standardize=timeout
# %% standardize
import time


def standardize(x):
    return x


time.sleep(3600)
