"""Requests, responses, and calls: what is asked together with how its answer is read."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

REQUEST_TIMEOUT = 408

Result = TypeVar("Result", covariant=True)
Part = TypeVar("Part")
"""What a call of several requests brings for each key."""


class EveryKey(enum.Enum):
    """What stands for all keys, where None might stand for a mistake."""

    EVERY_KEY = "every key"


@dataclass(frozen=True)
class Request:
    """An HTTP request, but for what is the same in all of them."""

    method: str
    path: str
    """Percent-encoded, from `/api` on, with the query."""
    body: bytes | None = None
    content_type: str = "application/json"
    accept: str = "application/json"
    idempotent: bool = True
    """Whether it may be sent again when nobody knows what became of it."""


@dataclass(frozen=True)
class Response:
    """An HTTP response, read to its end."""

    status: int
    reason: str
    body: bytes
    content_type: str = ""
    """Its media type in small letters, without parameters."""


@dataclass(frozen=True)
class Call(Generic[Result]):
    """A request, and how to read its response: it returns the result, or raises a CacheError."""

    request: Request
    read: Callable[[Response], Result]
