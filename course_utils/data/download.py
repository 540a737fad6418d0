"""One file from the network: with a time limit, a progress bar, and a restart where it was interrupted."""

from __future__ import annotations

import http.client
import logging
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pooch
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
    """All bytes of the address into ``part``, after those that it holds already."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT})
    if have:
        request.add_header("Range", f"bytes={have}-")
    server = urlsplit(url).netloc
    try:
        response = urllib.request.build_opener().open(request, timeout=timeout)  # with the proxies of just now
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:  # the part is as long as the file, or longer: it is of no use
            part.unlink()
            return gather(url, part, timeout, bar)
        raise Unreachable(f"{server} answers {error.code} {error.reason} for {url}.") from None
    except (urllib.error.URLError, http.client.HTTPException, ValueError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise Unreachable(f"{server} can't be reached ({getattr(reason, 'strerror', None) or reason}).") from None
    with response:
        resumed = response.status == 206
        start = have if resumed else 0
        total = None if response.length is None else response.length + start
        with part.open("ab" if resumed else "wb") as file, tqdm(
                total=total, initial=start, unit="B", unit_scale=True, unit_divisor=1024, desc=part.stem,
                disable=not bar, leave=False) as progress:
            while chunk := _read(response, server):
                file.write(chunk)
                progress.update(len(chunk))
            received = file.tell()
    if total is not None and received < total:
        raise Unreachable(f"{server} broke off after {received:,} of {total:,} bytes. The next try goes on from there.")
    return None


def _read(response: http.client.HTTPResponse, server: str) -> bytes:
    try:
        return response.read(CHUNK)
    except (http.client.HTTPException, OSError) as error:
        raise Unreachable(f"{server} broke off ({error}). The next try goes on from there.") from None
