"""What can go wrong."""

from __future__ import annotations


class CacheError(Exception):
    """The server refused a call, or answered something that isn't an answer."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        """What happened, in a sentence: the server's own if it gave one."""
        self.status = status
        """The HTTP status; None if there was no response, and of an error that stands within a command's reply."""


class CacheUnavailable(CacheError):
    """The server can't be reached or didn't answer in time, or the Redis behind it is away."""
