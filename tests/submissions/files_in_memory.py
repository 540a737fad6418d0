"""Files in /tmp and /dev/shm end at their limit; a right answer stays right."""
# points: 20
# %% first
for place in ("/tmp/a", "/dev/shm/b"):
    try:
        with open(place, "wb") as file:
            while True:
                file.write(b"x" * 1_000_000)
    except OSError as error:
        print(error)
