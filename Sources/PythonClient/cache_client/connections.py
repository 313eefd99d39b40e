"""HTTP over connections that are kept open, for threads."""

from __future__ import annotations

import contextlib
import http.client
import os
import ssl
from collections import deque

from .attempts import Attempts
from .endpoint import Endpoint
from .failures import unavailable
from .http1 import NO_END
from .messages import REQUEST_TIMEOUT, Request, Response

CHUNK = 1 << 16


class Connections:
    """The connections to a server that no call uses at the moment. Threads may share it, and so may forks."""

    def __init__(self, endpoint: Endpoint, limit: int, context: ssl.SSLContext | None) -> None:
        self._endpoint = endpoint
        self._limit = limit
        self._context = context
        self._idle: deque[http.client.HTTPConnection] = deque()
        self._process = os.getpid()

    def exchange(self, request: Request, attempts: Attempts) -> Response:
        """Sends a request and reads its response; raises CacheUnavailable if that fails."""
        try:
            # What must not be sent twice never meets a connection that the server may have closed already.
            connection = self._take() if request.idempotent else None
            if connection is not None:
                with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
                    response = self._converse(connection, request, attempts)
                    if response.status != REQUEST_TIMEOUT:
                        return response
                # The server had grown tired of it. Others are as old.
                self.close()
            return self._converse(self._connect(), request, attempts)
        except (OSError, http.client.HTTPException) as error:
            raise unavailable(self._endpoint, request, error) from error

    def close(self) -> None:
        """Closes what is idle."""
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _converse(self, connection: http.client.HTTPConnection, request: Request, attempts: Attempts) -> Response:
        try:
            response = converse(connection, self._endpoint, request, attempts)
        except BaseException:
            connection.close()
            raise
        # After a response that ends the connection there is no socket any more.
        if connection.sock is not None and len(self._idle) < self._limit:
            self._idle.append(connection)
        else:
            connection.close()
        return response

    def _connect(self) -> http.client.HTTPConnection:
        if not self._endpoint.secure:
            return http.client.HTTPConnection(self._endpoint.host, self._endpoint.port)
        return http.client.HTTPSConnection(self._endpoint.host, self._endpoint.port, context=self._context)

    def _take(self) -> http.client.HTTPConnection | None:
        """The connection that was used last."""
        if self._process != os.getpid():
            # Those are the parent's: what it reads and what is read here would be mixed up.
            self._process = os.getpid()
            self._idle = deque()
        try:
            return self._idle.pop()
        except IndexError:
            return None


def converse(
    connection: http.client.HTTPConnection, endpoint: Endpoint, request: Request, attempts: Attempts
) -> Response:
    """Sends a request over a connection and reads its response."""
    connection.timeout = attempts.remaining()
    if connection.sock is None:
        connection.connect()
    socket = connection.sock
    socket.settimeout(attempts.remaining())
    # The server may answer before it has read everything, that there is too much of it for example.
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        connection.request(request.method, endpoint.prefix + request.path, request.body, endpoint.headers(request))
    response = connection.getresponse()
    if response.length is None and not response.chunked:
        raise http.client.HTTPException(NO_END)
    body = bytearray()
    while chunk := response.read1(CHUNK):
        body += chunk
        if attempts.is_over():
            raise TimeoutError
        if not response.isclosed():
            socket.settimeout(attempts.remaining())
    if response.length:
        raise http.client.IncompleteRead(bytes(body), response.length)
    response.close()
    return Response(response.status, response.reason, bytes(body))
