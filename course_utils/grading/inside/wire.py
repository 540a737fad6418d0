"""Messages between the grader and a sandboxed submission: a JSON header and bytes, with their lengths.

Both ends read the same simple frame: 4 bytes length of the header, 4 bytes length of the payload
(little endian), the header as JSON, the payload. Nothing else crosses, and no frame larger than
its reader allows is read.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

MAX_HEADER = 8 * 2**20
MAX_PAYLOAD = 256 * 2**20
_SIZES = struct.Struct("<II")
_CHUNK = 1 << 20


class Closed(ConnectionError):
    """The other end is gone."""


class BadFrame(ConnectionError):
    """What came is not a frame, or is too large."""


def send(channel: socket.socket, header: dict[str, Any], payload: bytes = b"") -> None:
    """Send one message; raises :class:`Closed` where nobody reads it."""
    text = json.dumps(header).encode()
    try:
        channel.sendall(_SIZES.pack(len(text), len(payload)) + text)
        if payload:
            channel.sendall(payload)
    except TimeoutError:
        raise
    except OSError as error:
        raise Closed("The other end is gone.") from error


def receive(channel: socket.socket, *, deadline: float | None = None) -> tuple[dict[str, Any], bytes]:
    """The next message. Raises TimeoutError after ``deadline`` (of time.monotonic), Closed or BadFrame."""
    header_size, payload_size = _SIZES.unpack(_exactly(channel, _SIZES.size, deadline))
    if header_size > MAX_HEADER or payload_size > MAX_PAYLOAD:
        raise BadFrame(f"A message of {header_size + payload_size:,} bytes is too large.")
    text = _exactly(channel, header_size, deadline)
    payload = _exactly(channel, payload_size, deadline)
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame("A message that is not JSON.") from error
    if not isinstance(header, dict):
        raise BadFrame("A message without a header.")
    return header, payload


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("No answer in time.")
            channel.settimeout(left)
        try:
            part = channel.recv(min(_CHUNK, size - len(parts)))
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed("The other end is gone.") from error
        if not part:
            raise Closed("The other end is gone.")
        parts += part
    return bytes(parts)
