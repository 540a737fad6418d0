"""An extra cell that crashes when all is done."""
# points: 20
# %% last
import ctypes

ctypes.string_at(0)
