"""A socket on which no operation takes longer than what is left of a call's time."""

from __future__ import annotations

import socket
import ssl

from .attempts import Attempts
from .endpoint import Endpoint
from .http1 import ProtocolError

CHUNK = 1 << 16
"""The bytes that are received at once, at most."""
LONGEST_HEAD = 1 << 16
"""The bytes among which a separator must come: as many as asyncio's streams allow."""


class TimedSocket:
    """A connected socket, and what has been received but not yet read.

    Its methods raise TimeoutError when the time is over, EOFError if the other side has closed, and OSError.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._received = bytearray()

    @classmethod
    def connect(cls, endpoint: Endpoint, context: ssl.SSLContext | None, attempts: Attempts) -> TimedSocket:
        """Connects to the first of the server's addresses that can be reached; with `context`, over TLS."""
        failure: OSError = OSError(f"{endpoint.host} has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            endpoint.host, endpoint.port, type=socket.SOCK_STREAM
        ):
            connection = socket.socket(family, kind, protocol)
            try:
                limit(connection, attempts)
                connection.connect(address)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if context is not None:
                    limit(connection, attempts)
                    connection = context.wrap_socket(connection, server_hostname=endpoint.host)
                return cls(connection)
            except OSError as error:
                connection.close()
                failure = error
        raise failure

    def close(self) -> None:
        """Closes it."""
        self._socket.close()

    def is_drained(self) -> bool:
        """Whether all that was received has been read."""
        return not self._received

    def send(self, content: bytes, attempts: Attempts) -> None:
        """Sends all of it."""
        left = memoryview(content)
        while left:
            limit(self._socket, attempts)
            left = left[self._socket.send(left) :]

    def read_until(self, separator: bytes, attempts: Attempts) -> bytes:
        """What comes up to a separator, and the separator. Raises ProtocolError if it is too far away."""
        while (position := self._received.find(separator)) < 0:
            if len(self._received) > LONGEST_HEAD:
                raise ProtocolError("what came isn't HTTP: a line or a head of it has no end")
            self._receive(attempts)
        return self._take(position + len(separator))

    def read_exactly(self, count: int, attempts: Attempts) -> bytes:
        """The next `count` bytes."""
        while len(self._received) < count:
            self._receive(attempts)
        return self._take(count)

    def _receive(self, attempts: Attempts) -> None:
        limit(self._socket, attempts)
        part = self._socket.recv(CHUNK)
        if not part:
            raise EOFError("the server closed it")
        self._received += part

    def _take(self, count: int) -> bytes:
        taken = bytes(memoryview(self._received)[:count])
        del self._received[:count]
        return taken


def limit(connection: socket.socket, attempts: Attempts) -> None:
    """Gives a socket's next operation what is left of the call's time."""
    if attempts.is_over():
        raise TimeoutError
    connection.settimeout(attempts.remaining())
