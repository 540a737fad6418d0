"""A thread goes on replacing a right answer by itself."""
# points: 20
# %% last
import threading
import time


def again():
    for _ in range(1000):
        globals()["leibniz_pi"] = leibniz_pi
        time.sleep(0.001)


threading.Thread(target=again, daemon=True).start()
