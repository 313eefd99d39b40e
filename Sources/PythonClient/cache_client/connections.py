"""HTTP over connections that are kept open, for threads."""

from __future__ import annotations

import contextlib
import os
import ssl
from collections import deque

from .attempts import Attempts
from .endpoint import Endpoint
from .failures import unavailable
from .http1 import ProtocolError, decode_chunk_size, decode_head, encode_request
from .messages import REQUEST_TIMEOUT, Request, Response
from .timed_socket import TimedSocket


class Connections:
    """The connections to a server that no call uses at the moment. Threads may share it, and so may forks."""

    def __init__(self, endpoint: Endpoint, limit: int, context: ssl.SSLContext | None) -> None:
        self._endpoint = endpoint
        self._limit = limit
        self._context = context
        self._idle: deque[TimedSocket] = deque()
        self._process = os.getpid()

    def exchange(self, request: Request, attempts: Attempts) -> Response:
        """Sends a request and reads its response; raises CacheUnavailable if that fails."""
        try:
            # What must not be sent twice never meets a connection that the server may have closed already.
            connection = self._take() if request.idempotent else None
            if connection is not None:
                with contextlib.suppress(ConnectionError, EOFError, ssl.SSLEOFError):
                    response = self._converse(connection, request, attempts)
                    if response.status != REQUEST_TIMEOUT:
                        return response
                # The server had grown tired of it. Others are as old.
                self.close()
            return self._converse(self._connect(attempts), request, attempts)
        except (OSError, EOFError, ProtocolError) as error:
            raise unavailable(self._endpoint, request, error) from error

    def close(self) -> None:
        """Closes what is idle."""
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _converse(self, connection: TimedSocket, request: Request, attempts: Attempts) -> Response:
        try:
            response, keeps_alive = converse(connection, self._endpoint, request, attempts)
        except BaseException:
            connection.close()
            raise
        # What came behind the response would be taken for the next one's.
        if keeps_alive and connection.is_drained() and len(self._idle) < self._limit:
            self._idle.append(connection)
        else:
            connection.close()
        return response

    def _connect(self, attempts: Attempts) -> TimedSocket:
        context = self._context or ssl.create_default_context() if self._endpoint.secure else None
        return TimedSocket.connect(self._endpoint, context, attempts)

    def _take(self) -> TimedSocket | None:
        """The connection that was used last."""
        if self._process != os.getpid():
            # Those are the parent's: what it reads and what is read here would be mixed up. They go before the process
            # is noted, so that no other thread takes one in between.
            self._idle = deque()
            self._process = os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return None


def converse(
    connection: TimedSocket, endpoint: Endpoint, request: Request, attempts: Attempts
) -> tuple[Response, bool]:
    """Sends a request and reads its response, and says whether another may follow."""
    # The server may answer before it has read everything, that there is too much of it for example.
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        connection.send(encode_request(endpoint, request), attempts)
    head = decode_head(connection.read_until(b"\r\n\r\n", attempts))
    while head.status < 200:
        head = decode_head(connection.read_until(b"\r\n\r\n", attempts))
    if head.length is None:
        body = read_chunks(connection, attempts)
    else:
        body = connection.read_exactly(head.length, attempts)
    return Response(head.status, head.reason, body, head.content_type), head.keeps_alive


def read_chunks(connection: TimedSocket, attempts: Attempts) -> bytes:
    """A body that comes in chunks, to the end of what follows it."""
    body = bytearray()
    while size := decode_chunk_size(connection.read_until(b"\r\n", attempts)):
        body += connection.read_exactly(size, attempts)
        connection.read_exactly(2, attempts)
    while connection.read_until(b"\r\n", attempts) != b"\r\n":
        pass
    return bytes(body)
