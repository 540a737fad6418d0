"""A function and an exception whose names cannot be written."""
# points: 17 leibniz_pi=error
# %% leibniz_pi
def leibniz_pi(n):
    raise type("\udfff" * 300, (ValueError,), {})("\ud800")


leibniz_pi.__module__ = "\ud800"
leibniz_pi.__qualname__ = "\ud800"
