"""One file from the network: with a time limit, a progress bar, and a restart where it was interrupted."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests
from tqdm.auto import tqdm

from course_utils.data.errors import DataError

CHUNK = 1 << 16
USER_AGENT = "pytorch-in-nine-lessons"


class Unreachable(DataError):
    """The server gave no answer, or broke off."""


def download(urls: tuple[str, ...], target: Path, digest: str, timeout: float = 20, bar: bool = False) -> Path:
    """Put the file with this digest at ``target``, from the first address that has it.

    The bytes are gathered in ``target`` + ``.part`` and moved into place when the digest is right, so whatever is at
    ``target`` is whole. After an interruption the next call goes on from the part, where the server allows it.

    Raises
    ------
    DataError
        The server can't be reached, or its file is another one.
    OSError
        The folder can't be written to.
    """
    troubles: list[DataError] = []
    pooch.get_logger().setLevel(logging.ERROR)
    part = target.with_name(target.name + ".part")
    for url in urls:
        while True:
            going_on = part.exists()
            try:
                pooch.retrieve(url, known_hash=digest, fname=target.name, path=target.parent,
                               downloader=_downloader(part, timeout, bar))
                return target
            except ValueError:  # pooch's word for a wrong hash
                if going_on and not part.exists():
                    continue  # the part was of another file: once more, from the start
                troubles.append(DataError(f"{url} gave another file than expected (its {digest.split(':')[0]} is "
                                          f"wrong): altered or damaged on its way. Nothing of it was kept."))
            except Unreachable as error:
                troubles.append(error)
            break
    raise troubles[0]


def _downloader(part: Path, timeout: float, bar: bool) -> Callable[[str, str, object], None]:
    """A downloader for pooch, which checks what it gets and moves it into place."""

    def fetch(url: str, output: str, _: object) -> None:
        gather(url, part, timeout, bar)
        os.replace(part, output)

    return fetch


def gather(url: str, part: Path, timeout: float, bar: bool) -> None:
    """Write all bytes of the address into ``part``, after those that it holds already."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}  # compressed bytes could not be resumed
    server = urlsplit(url).netloc
    try:
        response = requests.get(url, stream=True, timeout=timeout,
                                headers=headers | ({"Range": f"bytes={have}-"} if have else {}))
    except (requests.RequestException, ValueError) as error:  # ValueError: no address at all
        raise Unreachable(f"{server or url} can't be reached ({_reason(error)}).") from None
    with response:
        if response.status_code == 416 and have:  # the part is as long as the file, or longer: it is of no use
            part.unlink()
            return gather(url, part, timeout, bar)
        if not response.ok:
            raise Unreachable(f"{server} answers {response.status_code} {response.reason} for {url}.")
        resumed = response.status_code == 206
        start = have if resumed else 0
        length = response.headers.get("Content-Length")
        total = None if length is None else int(length) + start
        with part.open("ab" if resumed else "wb") as file, tqdm(
                total=total, initial=start, unit="B", unit_scale=True, unit_divisor=1024, desc=part.stem,
                disable=not bar, leave=False) as progress:
            broken = ""
            response.raw.enforce_content_length = False  # it would throw away the last bytes before a break
            try:
                for chunk in response.iter_content(CHUNK):
                    file.write(chunk)
                    progress.update(len(chunk))
            except requests.RequestException as error:
                broken = f"an error ({_reason(error)})"
            received = file.tell()
    if total is not None and received < total:
        broken = f"{received:,} of {total:,} bytes"
    if broken:
        raise Unreachable(f"{server} broke off after {broken}. The next try continues from there.")
    return None


def _reason(error: Exception) -> str:
    """Return the innermost reason of a network error, in a few words."""
    while (inner := error.__cause__ or error.__context__) is not None and isinstance(inner, Exception):
        error = inner
    text = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    return text or type(error).__name__
