"""The client for threads."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any

from . import calls
from .attempts import Attempts
from .connections import Connections
from .endpoint import Endpoint
from .errors import CacheUnavailable
from .messages import Call, EveryKey, Part, Result


class CacheClient:
    """A client of the REST API. Threads may share it: each call has a connection to itself.

    Every call raises CacheError when the server refuses it, and CacheUnavailable when there is no answer.
    """

    def __init__(
        self,
        base_url: str = "http://localhost:8000",
        token: str | None = None,
        timeout: float = 5.0,
        retries: int = 2,
        connections: int = 16,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Doesn't connect yet. Raises ValueError if an argument is none of its kind.

        `timeout` is how many seconds a call may take, with all that it tries and all the requests that it consists of;
        of `iter_keys` it is each page. `retries` is how often a call that does no harm when it comes twice (all but
        `command`) is tried again while the server is away. `connections` is how
        many are kept open between calls.
        """
        if not timeout > 0:
            raise ValueError("the time-out must be more than 0 seconds")
        self._timeout = timeout
        self._retries = retries
        self._connections = Connections(Endpoint.parse(base_url, token), connections, ssl_context)

    def __enter__(self) -> CacheClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections that are open. A later call opens one again."""
        self._connections.close()

    def healthcheck(self) -> dict[str, Any]:
        """How the server is: its `status` is "healthy", "degraded" or "unhealthy"."""
        return self._perform(calls.healthcheck())

    def get_stats(self) -> dict[str, Any]:
        """The server's statistics."""
        return self._perform(calls.get_stats())

    def get(self, key: str, default: Any = None) -> Any:
        """A key's value, or `default` if there is none.

        A value that is JSON comes as what it says, other text as a string, and anything else as bytes.
        """
        return self._perform(calls.get(key, default))

    def get_bytes(self, key: str) -> bytes | None:
        """A key's value exactly as it is stored, or None."""
        return self._perform(calls.get_bytes(key))

    def set(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Stores a value, for `ttl` seconds or for good: bytes as they are, anything else as JSON says it."""
        return self._perform(calls.set_value(key, value, ttl))

    def set_json(self, key: str, text: str, ttl: float | None = None) -> bool:
        """Stores a value given as JSON, to the letter. Raises ValueError if it isn't JSON."""
        return self._perform(calls.set_json(key, text, ttl))

    def invalidate(self, key: str | EveryKey = EveryKey.EVERY_KEY) -> bool:
        """Removes a key; without one, every key."""
        return self._perform(calls.invalidate(key))

    def keys(self, pattern: str | None = None) -> list[str]:
        """All keys, or those that begin with `pattern` or match it as a glob."""
        attempts = self._attempts()
        return list(dict.fromkeys(self._walk(pattern, lambda: attempts)))

    def iter_keys(self, pattern: str | None = None) -> Iterator[str]:
        """The same, page by page, each in the time of a call. A key may come twice while others are written."""
        return self._walk(pattern, self._attempts)

    def batch_get(self, keys: Iterable[str]) -> dict[str, Any]:
        """The values of those of the keys that there are."""
        return self.perform_all(calls.batch_get(keys))

    def batch_set(self, items: Mapping[str, Any], ttl: float | None = None) -> dict[str, bool]:
        """Stores many values, and says of each key whether it was stored.

        A value isn't if the server has no room for it, or doesn't take as much at once. For other reasons it raises
        CacheError, and some of the values may be stored then.
        """
        return self.perform_all(calls.batch_set(items, ttl))

    def batch_set_json(self, text: str, ttl: float | None = None) -> dict[str, bool]:
        """Stores the members of an object given as JSON, each to the letter, with one request.

        Raises ValueError if it isn't a JSON object.
        """
        return self._perform(calls.batch_set_json(text, ttl))

    def command(self, *words: str | int | float) -> Any:
        """Carries out any Redis command that needs no connection to itself. It is never tried twice.

        A reply that is an error is raised. Errors within a reply that is a list stand in it, each as a CacheError.
        """
        return self._perform(calls.command(words))

    def perform_all(self, parts: Iterable[Call[dict[str, Part]]]) -> dict[str, Part]:
        """Carries out what `calls` divides a call into, in the time of one, and puts the results together."""
        attempts = self._attempts()
        results: dict[str, Part] = {}
        for part in parts:
            results.update(self._try(part, attempts))
        return results

    def _walk(self, pattern: str | None, attempts: Callable[[], Attempts]) -> Iterator[str]:
        """The keys, page by page; `attempts` says what each page may take."""
        cursor: str | None = None
        while True:
            page = self._try(calls.keys_page(pattern, cursor), attempts())
            yield from page.keys
            cursor = page.cursor
            if cursor is None:
                return

    def _perform(self, call: Call[Result]) -> Result:
        return self._try(call, self._attempts())

    def _attempts(self) -> Attempts:
        """What one call may take, from now on."""
        return Attempts(self._timeout, self._retries)

    def _try(self, call: Call[Result], attempts: Attempts) -> Result:
        while True:
            try:
                return call.read(self._connections.exchange(call.request, attempts))
            except CacheUnavailable:
                pause = attempts.pause() if call.request.idempotent else None
                if pause is None:
                    raise
                time.sleep(pause)
