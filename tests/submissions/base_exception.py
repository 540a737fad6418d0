"""Exceptions that no `except Exception` catches."""
# points: 11 leibniz_pi=error set_column=error standardize=error
# %% leibniz_pi
class Out(BaseException):
    pass


def leibniz_pi(n):
    raise Out("of here")
# %% set_column
def set_column(x, j, value):
    raise SystemExit(0)
# %% standardize
def standardize(x):
    raise KeyboardInterrupt
