"""Which kinds of sandbox there are, and choosing one that works here."""

from __future__ import annotations

from course_utils.grading.sandbox.bubblewrap import Bubblewrap
from course_utils.grading.sandbox.container import Container
from course_utils.grading.sandbox.kind import Kind, SandboxError
from course_utils.grading.sandbox.unprotected import Unprotected

ISOLATING: tuple[Kind, ...] = (Bubblewrap(), Container())  # the best first
KINDS: dict[str, Kind] = {kind.name: kind for kind in (*ISOLATING, Unprotected())}
NAMES = ("auto", *KINDS)
NO_SANDBOX = (
    "Submissions are programs written by strangers, and there is no sandbox here to run them in. {} Or install Docker "
    "or Podman; or use --sandbox none, and they run with all your rights: they can read, change and delete your files, "
    "and use your network.")


def choose(name: str) -> Kind:
    """Return the kind of sandbox of that name, or for ``auto`` the first that works.

    Raises
    ------
    SandboxError
        It does not work here; the message says why and what to do.
    """
    if name == "auto":
        working = next((kind for kind in ISOLATING if kind.problem() is None), None)
        if working is None:
            raise SandboxError(NO_SANDBOX.format(ISOLATING[0].problem()))
        return working
    if (reason := KINDS[name].problem()) is not None:
        raise SandboxError(reason)
    return KINDS[name]
