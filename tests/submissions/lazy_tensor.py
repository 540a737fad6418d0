"""A tensor subclass that would compute only when somebody compares it."""
# points: 18 times_table=wrong|error
# %% times_table
class Lazy(torch.Tensor):
    calls = []

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        cls.calls.append(function)
        if function.__name__ in ("allclose", "equal", "isclose", "eq", "__eq__"):
            k = torch.arange(1, 9)
            return k[:, None] * k
        return super().__torch_function__(function, types, args, kwargs or {})


def times_table(n):
    return torch.zeros(n, n, dtype=torch.int64).as_subclass(Lazy)
