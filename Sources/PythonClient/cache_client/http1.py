"""HTTP/1.1 on the wire, as far as a client needs it: bytes in, bytes out; no sockets."""

from __future__ import annotations

from dataclasses import dataclass

from .endpoint import Endpoint
from .messages import Request

NO_END = "the response doesn't say where it ends, so that nobody could tell if something of it were missing"
HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")


class ProtocolError(Exception):
    """What came isn't HTTP."""


@dataclass(frozen=True)
class Head:
    """What stands before a response's body."""

    status: int
    reason: str
    keeps_alive: bool
    """Whether another request may follow on the connection."""
    length: int | None
    """The bytes in the body; None if it is chunked."""
    content_type: str = ""
    """The body's media type in small letters, without parameters."""


def encode_request(endpoint: Endpoint, request: Request) -> bytes:
    """A request's head and body."""
    lines = [f"{request.method} {endpoint.prefix}{request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in endpoint.headers(request).items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + (request.body or b"")


def decode_head(head: bytes) -> Head:
    """The head of a response, up to the empty line. Raises ProtocolError."""
    lines = head.decode("latin-1").split("\r\n")
    version, _, rest = lines[0].partition(" ")
    code, _, reason = rest.partition(" ")
    if not version.startswith("HTTP/1.") or not (len(code) == 3 and code.isascii() and code.isdigit()):
        raise ProtocolError(f"what came isn't HTTP: {lines[0][:80]!r}")
    fields = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip().lower()
    status = int(code)
    options = [option.strip() for option in fields.get("connection", "").split(",")]
    if status < 200 or status in (204, 304):
        length: int | None = 0
    elif fields.get("transfer-encoding", "").endswith("chunked"):
        length = None
    else:
        length = decode_length(fields.get("content-length"))
    is_kept = "keep-alive" in options if version == "HTTP/1.0" else "close" not in options
    return Head(status, reason, is_kept, length, fields.get("content-type", "").partition(";")[0].rstrip())


def decode_length(field: str | None) -> int:
    """A body's length, as its header says it."""
    if field is None:
        raise ProtocolError(NO_END)
    # Python refuses to read more digits than some thousands, and nobody sends as much as twenty of them say.
    if not (field.isascii() and field.isdigit() and len(field) < 20):
        raise ProtocolError(f"the response has no length: {field[:80]!r}")
    return int(field)


def decode_chunk_size(line: bytes) -> int:
    """The size of a chunk, as the line before it says it."""
    digits = line.partition(b";")[0].strip()
    if not digits or not HEX_DIGITS.issuperset(digits):
        raise ProtocolError(f"a chunk of the response has no size: {line[:80]!r}")
    return int(digits, 16)
