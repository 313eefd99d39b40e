"""Connections that fail, in words."""

from __future__ import annotations

import asyncio
import socket
import ssl

from .endpoint import Endpoint
from .errors import CacheUnavailable
from .messages import Request


def unavailable(endpoint: Endpoint, request: Request, error: BaseException) -> CacheUnavailable:
    """What to say of a request whose connection failed."""
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        message = f"{endpoint.url} didn't answer in time: see whether it is overloaded, or raise the time-out"
    elif isinstance(error, ConnectionRefusedError):
        message = f"nothing listens at {endpoint.url}: start `ocm serve` there, or give another URL"
    elif isinstance(error, ssl.SSLError):
        message = f"no TLS connection to {endpoint.url}: {tls_reason(error)}"
    elif isinstance(error, socket.gaierror):
        message = f"there is no host {endpoint.host}: check the URL"
    else:
        message = f"the connection to {endpoint.url} failed: {reason(error)}"
    if not request.idempotent and not isinstance(error, ConnectionRefusedError):
        message += "; whether the command was carried out isn't known"
    return CacheUnavailable(message)


def tls_reason(error: ssl.SSLError) -> str:
    """Why there is no TLS connection, without OpenSSL's names and lines."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate isn't trusted ({error.verify_message})"
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return "the server doesn't speak TLS: is its URL one with http://?"
    if isinstance(error, ssl.SSLEOFError):
        return "the server closed it"
    return f"it failed ({(error.reason or 'unknown reason').lower().replace('_', ' ')})"


def reason(error: BaseException) -> str:
    """What happened, without the number of the system's error."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
