"""The same, spread over processes that each stay below the limit."""
# points: 17 leibniz_pi=error|crashed|timeout
# %% leibniz_pi
def leibniz_pi(n):
    import os
    import time

    for _ in range(12):
        if os.fork() == 0:
            kept = bytearray(b"x") * 200_000_000
            time.sleep(60)
    time.sleep(60)
