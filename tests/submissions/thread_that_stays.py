"""A thread outlives its cell, and goes on printing."""
# points: 20
# %% first
import threading
import time


def chatter():
    while True:
        print("still here")
        time.sleep(0.01)


threading.Thread(target=chatter, daemon=True).start()
