"""The work is put off to a thread that outlives the cell: what counts is what was returned."""
# points: 17 leibniz_pi=wrong
# %% leibniz_pi
import threading
import time


def leibniz_pi(n):
    answer = [0.0]

    def work():
        time.sleep(2)
        answer[0] = sum(4 * (-1.0) ** k / (2 * k + 1) for k in range(n))

    threading.Thread(target=work, daemon=True).start()
    return answer
