"""An alarm that nobody catches ends the process of the cell."""
# points: 20
# %% first
import signal
import time

signal.alarm(1)
time.sleep(3)
