"""A cell that ends the process, before any answer."""
# points: 20
# %% first
import os

os._exit(1)
