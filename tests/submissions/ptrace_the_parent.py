"""A debugger on whatever process there is, and the memory of process 1."""
# points: 17 leibniz_pi=error
# %% leibniz_pi
import ctypes
import os

for pid in range(0, 40):
    if pid != os.getpid():
        assert ctypes.CDLL(None).ptrace(16, pid, 0, 0) == -1


def leibniz_pi(n):
    others = [pid for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != os.getpid()]
    return open(f"/proc/{others[0]}/mem", "rb").read(8)
