"""JSON as the server's, and values within it."""

from __future__ import annotations

import base64
import json
from typing import Any

from .errors import CacheError, CacheUnavailable
from .messages import Response

UNAVAILABLE = (502, 503, 504)
"""Statuses by which the server, or a load balancer before it, says that a later try may succeed."""


def encode_json(value: Any) -> bytes:
    """JSON as short as it gets, and readable in redis-cli: the server stores it as it is sent."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def decode_value(value: Any, encoding: str | None) -> Any:
    """A value as it stands in a response; bytes that aren't text stand there in base64."""
    return base64.b64decode(value) if encoding == "base64" else value


def decode_key(encoded: str) -> str:
    """A key that isn't UTF-8, as Python has file names that aren't: what doesn't decode becomes surrogates."""
    return base64.b64decode(encoded).decode("utf-8", "surrogateescape")


def read_object(response: Response) -> dict[str, Any]:
    """The JSON object that a response holds, whatever its status."""
    try:
        content = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise unreadable(response, str(error)) from error
    if not isinstance(content, dict):
        raise unreadable(response, "it isn't a JSON object")
    return content


def read_success(response: Response) -> dict[str, Any]:
    """The JSON object of a response that says 200; any other is raised."""
    if response.status != 200:
        raise failure(response)
    return read_object(response)


def failure(response: Response) -> CacheError:
    """The error that a response tells of."""
    try:
        message = str(json.loads(response.body)["error"])
    except (ValueError, TypeError, KeyError, RecursionError):
        message = f"the server answered {response.status} {response.reason}: is it ocm, and the path before /api right?"
    kind = CacheUnavailable if response.status in UNAVAILABLE else CacheError
    return kind(message, response.status)


def unreadable(response: Response, reason: str) -> CacheError:
    """The error of a response that isn't what the server is known to send."""
    if response.status != 200:
        return failure(response)
    return CacheError(f"the response can't be read: {reason}", response.status)
