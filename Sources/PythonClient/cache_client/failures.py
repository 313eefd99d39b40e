"""Connections that fail, in words."""

from __future__ import annotations

import asyncio

from .endpoint import Endpoint
from .errors import CacheUnavailable
from .messages import Request


def unavailable(endpoint: Endpoint, request: Request, error: BaseException) -> CacheUnavailable:
    """What to say of a request whose connection failed."""
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        message = f"{endpoint.url} didn't answer in time: see whether it is overloaded, or raise the time-out"
    elif isinstance(error, ConnectionRefusedError):
        message = f"nothing listens at {endpoint.url}: start `ocm serve` there, or give another URL"
    else:
        message = f"the connection to {endpoint.url} failed: {str(error) or type(error).__name__}"
    if not request.idempotent and not isinstance(error, ConnectionRefusedError):
        message += "; whether the command was carried out isn't known"
    return CacheUnavailable(message)
