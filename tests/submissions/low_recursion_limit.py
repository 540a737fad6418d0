"""The recursion limit is set to what is just enough for the cell."""
# points: 20
# %% last
import sys

try:
    sys.setrecursionlimit(60)
except RecursionError:
    pass
