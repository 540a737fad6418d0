"""New namespaces, mounts, capabilities and another user."""
# points: 20
# %% first
import ctypes
import os

libc = ctypes.CDLL(None)
assert libc.unshare(0x10000000) == -1
assert libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == -1
assert libc.sethostname(b"mine", 4) == -1
for call in (lambda: os.setuid(0) if os.getuid() else os.chroot("/tmp"), lambda: os.mknod("disk", 0o60600, os.makedev(254, 0))):
    try:
        call()
    except OSError:
        pass
    else:
        raise SystemExit("that went through")
