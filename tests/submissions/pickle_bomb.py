"""An object that would run a command when it is unpickled."""
# points: 17 leibniz_pi=wrong
# %% leibniz_pi
class Bomb:
    def __reduce__(self):
        import os

        return os.system, ("touch {marker}",)


def leibniz_pi(n):
    return Bomb()
