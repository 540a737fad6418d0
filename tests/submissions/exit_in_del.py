"""A result that ends its process when it is thrown away."""
# points: 17 leibniz_pi=wrong|crashed|error
# %% leibniz_pi
import os
import sys


class Goodbye:
    def __del__(self):
        sys.exit(3)


class Farewell:
    def __del__(self):
        os._exit(4)


def leibniz_pi(n):
    Goodbye()
    return [Goodbye(), Farewell()]
