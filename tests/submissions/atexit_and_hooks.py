"""Handlers that run at the end, and a replaced excepthook, beside right answers."""
# points: 20
# %% first
import atexit
import os
import sys

atexit.register(os._exit, 7)
sys.excepthook = sys.unraisablehook = lambda *a: os._exit(8)
# %% last
get_ipython().events.register("post_run_cell", lambda *a: 1 / 0)
