"""An object that claims to be a tensor, and a float."""
# points: 17 leibniz_pi=wrong
# %% leibniz_pi
class Liar:
    __class__ = property(lambda self: torch.Tensor)
    shape, dtype, ndim = torch.Size([]), torch.float32, 0
    detach = cpu = contiguous = clone = item = lambda self, *a, **k: 3.14159


def leibniz_pi(n):
    return Liar()
