"""Signals to the parent, to process 1, and to everybody."""
# points: 20
# %% first
import os
import signal

for target in (os.getppid(), 1, -1):
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        try:
            os.kill(target, number)
        except OSError:
            pass
