"""Gigabytes in System V segments: refused."""
# points: 17 leibniz_pi=error|crashed
# %% leibniz_pi
import ctypes
import time


def leibniz_pi(n):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    for _ in range(40):
        segment = libc.shmget(0, 100_000_000, 0o1600)
        assert segment >= 0, "no segment"
        place = libc.shmat(segment, None, 0)
        ctypes.memset(place, 1, 100_000_000)
        libc.shmdt(ctypes.c_void_p(place))
    time.sleep(1)
    return float(sum(4 * (-1.0) ** k / (2 * k + 1) for k in range(n)))
