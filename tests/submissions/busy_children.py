"""Children that spin take time from nobody's points."""
# points: 20
# %% first
import os

for _ in range(8):
    if os.fork() == 0:
        while True:
            pass
