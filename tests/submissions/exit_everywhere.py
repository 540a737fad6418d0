"""Three cells that end the process, each in another way."""
# points: 20
# %% first
import os
import signal

os.kill(os.getpid(), signal.SIGSEGV)
os.abort()
# %% before set_column
import os

os._exit(0)
# %% last
import ctypes

ctypes.string_at(0)
