"""A process that leaves its parent and means to stay."""
# points: 20
# %% first
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import subprocess

        subprocess.run(["sleep", "86431"])
    os._exit(0)
