"""Files until the disk is full; what follows still counts."""
# points: 20
# %% first
import os

for folder in ("/tmp", "/dev/shm", "."):
    try:
        for number in range(1000):
            with open(os.path.join(folder, f"fill{number}"), "wb") as file:
                file.write(b"x" * 8_000_000)
    except OSError:
        pass
    for number in range(1000):
        try:
            os.unlink(os.path.join(folder, f"fill{number}"))
        except OSError:
            break
