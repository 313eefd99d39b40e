"""What the command line reads and writes."""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import os
import sys
from typing import Any, TextIO

from .values import Numeral


def read_argument(argument: str) -> bytes:
    """The bytes of an argument, or what is piped in for `-`."""
    return opened(sys.stdin, "input").buffer.read() if argument == "-" else os.fsencode(argument)


def print_value(value: bytes) -> None:
    """Writes a value byte for byte. On a terminal a line ends."""
    is_terminal = opened(sys.stdout, "output").isatty()
    print_bytes(for_reader(value) + (b"\n" if is_terminal else b""))


def print_line(content: bytes) -> None:
    """Writes a line, for a reader."""
    print_bytes(for_reader(content) + b"\n")


def print_json(content: dict[str, Any]) -> None:
    """Writes an object for people and for jq. Bytes are told apart from text as in the REST API."""
    # Half of a surrogate pair has no UTF-8, and what takes its place is its escape in JSON.
    print_bytes(to_json(content).encode("utf-8", "backslashreplace") + b"\n")


def to_json(value: Any, margin: str = "\n") -> str:
    """JSON in lines, which begin with `margin`; numerals are to the letter."""
    if isinstance(value, Numeral):
        return value
    if isinstance(value, bytes):
        return to_json({"value": base64.b64encode(value).decode(), "encoding": "base64"}, margin)
    deeper = margin + "  "
    # Without comprehensions, which would halve how deeply values can be nested.
    parts = []
    if isinstance(value, dict) and value:
        for name, member in value.items():
            parts.append(f"{json.dumps(name, ensure_ascii=False)}: {to_json(member, deeper)}")
        return "{" + deeper + f",{deeper}".join(parts) + margin + "}"
    if isinstance(value, list) and value:
        for element in value:
            parts.append(to_json(element, deeper))
        return "[" + deeper + f",{deeper}".join(parts) + margin + "]"
    return json.dumps(value, ensure_ascii=False)


def for_reader(content: bytes) -> bytes:
    """What a program gets as it is, and a terminal without what would steer it."""
    if not opened(sys.stdout, "output").isatty():
        return content
    text = content.decode("utf-8", "backslashreplace")
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else ascii(letter)[1:-1] for letter in text
    ).encode()


def print_bytes(content: bytes) -> None:
    """Writes it whatever the terminal's encoding is."""
    opened(sys.stdout, "output").buffer.write(content)


def flush_output() -> None:
    """Writes what hasn't been written yet. Raises OSError."""
    if sys.stdout is not None:
        sys.stdout.flush()


def discard_output() -> None:
    """Gives up what couldn't be written: Python would try again when it ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str) -> None:
    """Says what went wrong, if anybody listens."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(f"cache-client: {message}", file=sys.stderr)


def opened(stream: TextIO | None, name: str) -> TextIO:
    """A standard stream. Raises OSError if the program was started without it, where Python has none."""
    if stream is None:
        raise OSError(errno.EBADF, f"the standard {name} is closed")
    return stream
