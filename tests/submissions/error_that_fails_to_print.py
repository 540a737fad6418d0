"""An exception whose message raises another."""
# points: 17 leibniz_pi=error
# %% leibniz_pi
class Mute(Exception):
    def __str__(self):
        raise ValueError("no words")

    __repr__ = __str__


def leibniz_pi(n):
    raise Mute
