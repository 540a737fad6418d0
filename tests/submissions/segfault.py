"""An answer that reads address zero."""
# points: 17 leibniz_pi=crashed
# %% leibniz_pi
def leibniz_pi(n):
    import ctypes

    return ctypes.string_at(0)
