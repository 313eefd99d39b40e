"""JSON as the server's, and values within it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from .errors import CacheError, CacheUnavailable
from .messages import Response

UNAVAILABLE = (502, 503, 504)
"""Statuses by which the server, or a load balancer before it, says that a later try may succeed."""

Kind = TypeVar("Kind")


class Numeral(str):
    """A JSON number as it is written: Python's own numbers lose digits, and the largest become infinite."""


def encode_json(value: Any) -> bytes:
    """JSON as short as it gets, and readable in redis-cli: the server stores it as it is sent.

    Raises ValueError of numbers and text that JSON doesn't have, and TypeError of values.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except RecursionError as error:
        raise ValueError("the value is nested too deeply") from error
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        unencodable = error.object[error.start : error.end]
        raise ValueError(f"{unencodable!a} isn't Unicode: JSON has no place for it") from error


def decode_json(body: bytes) -> Any:
    """What a JSON text says, as Python has it."""
    return json.loads(body)


def decode_json_exactly(body: bytes) -> Any:
    """The same with each number as a Numeral."""
    return json.loads(body, parse_int=Numeral, parse_float=Numeral)


def parse_json(text: str) -> Any:
    """What a text says that is JSON by the book: Python alone would also take NaN. Its integers come as strings.

    Raises ValueError.
    """
    try:
        # As strings they may have more digits than Python reads.
        return json.loads(text, parse_int=str, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"the text isn't JSON: {error}") from error
    except RecursionError as error:
        raise ValueError("the text is nested too deeply") from error


def refuse_constant(name: str) -> NoReturn:
    """What Python calls a number and JSON doesn't."""
    raise ValueError(f"the text isn't JSON: {name} stands in it")


def decode_value(value: Any, encoding: Any) -> Any:
    """A value as it stands in a response; bytes that aren't text stand there in base64. Raises CacheError."""
    if encoding is None:
        return value
    if encoding != "base64":
        raise foreign(f"it has the encoding {encoding!r}")
    return decode_base64(value)


def decode_key(encoded: Any) -> str:
    """A key that isn't UTF-8, as Python has file names that aren't: what doesn't decode becomes surrogates."""
    return decode_base64(encoded).decode("utf-8", "surrogateescape")


def decode_base64(encoded: Any) -> bytes:
    """The bytes that a string in a response stands for. Raises CacheError."""
    try:
        return base64.b64decode(encoded, validate=True)
    except (ValueError, TypeError) as error:
        raise foreign("something isn't base64 in it") from error


def member(content: dict[str, Any], name: str, kind: type[Kind]) -> Kind:
    """What an answer has under a name. Raises CacheError if that isn't there, or of another kind."""
    value = content.get(name)
    if not isinstance(value, kind):
        raise foreign(f'there is no "{name}" in it as ocm has it')
    return value


def optional(content: dict[str, Any], name: str, kind: type[Kind]) -> Kind | None:
    """The same of what an answer needn't have."""
    return member(content, name, kind) if content.get(name) is not None else None


def read_object(response: Response, decode: Callable[[bytes], Any] = decode_json) -> dict[str, Any]:
    """The JSON object that a response holds, whatever its status."""
    try:
        content = decode(response.body)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise unreadable(response, foreign("it isn't JSON")) from error
    except (ValueError, RecursionError) as error:
        # It has more digits or levels than Python takes.
        raise unreadable(response, CacheError(f"the response can't be read: {error}", response.status)) from error
    if not isinstance(content, dict):
        raise unreadable(response, foreign("it isn't a JSON object"))
    return content


def read_success(response: Response, decode: Callable[[bytes], Any] = decode_json) -> dict[str, Any]:
    """The JSON object of a response that says 200; any other is raised."""
    if response.status != 200:
        raise failure(response)
    return read_object(response, decode)


def failure(response: Response) -> CacheError:
    """The error that a response tells of."""
    try:
        message = member(decode_json(response.body), "error", str)
    except (ValueError, AttributeError, RecursionError, CacheError):
        message = f"the server answered {response.status} {response.reason}: is it ocm, and the path before /api right?"
    kind = CacheUnavailable if response.status in UNAVAILABLE else CacheError
    return kind(message, response.status)


def unreadable(response: Response, error: CacheError) -> CacheError:
    """The error of a response that can't be read: `error` if it has the status 200, else what it tells of."""
    return error if response.status == 200 else failure(response)


def foreign(reason: str) -> CacheError:
    """The error of a response with the status 200 that ocm wouldn't have sent."""
    return CacheError(f"the answer isn't one of ocm's: {reason}; is the server's address right?", 200)
