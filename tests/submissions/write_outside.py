"""Files outside the scratch folder, and links to them."""
# points: 20
# %% first
import os

for path in ("{marker}", "/usr/marker", "/etc/passwd", "/course/course_utils/collect.py", "/marker", "/proc/sys/kernel/core_pattern"):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a") as file:
            file.write("x")
    except OSError:
        pass
    try:
        os.symlink(path, "link")
        open("link", "a").write("x")
        os.unlink("link")
    except OSError:
        pass
