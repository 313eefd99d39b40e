"""HTTP over connections that are kept open, for asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque

from .attempts import Attempts
from .endpoint import Endpoint
from .failures import unavailable
from .http1 import ProtocolError, decode_chunk_size, decode_head, encode_request
from .messages import REQUEST_TIMEOUT, Request, Response


class Stream:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def is_quiet(self) -> bool:
        """Whether its end hasn't been seen."""
        return not self._reader.at_eof() and not self._writer.is_closing()

    def close(self) -> None:
        """Closes it, without waiting."""
        self._writer.close()

    async def wait_closed(self) -> None:
        """Closes it. How the other side takes that is of no interest."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def converse(self, endpoint: Endpoint, request: Request) -> tuple[Response, bool]:
        """Sends a request and reads its response, and says whether another may follow."""
        self._writer.write(encode_request(endpoint, request))
        head = decode_head(await self._reader.readuntil(b"\r\n\r\n"))
        while head.status < 200:
            head = decode_head(await self._reader.readuntil(b"\r\n\r\n"))
        if head.length is None:
            body = await self._read_chunks()
        else:
            body = await self._reader.readexactly(head.length)
        return Response(head.status, head.reason, body, head.content_type), head.keeps_alive

    async def _read_chunks(self) -> bytes:
        body = bytearray()
        while size := decode_chunk_size(await self._reader.readuntil(b"\r\n")):
            body += await self._reader.readexactly(size)
            await self._reader.readexactly(2)
        while await self._reader.readuntil(b"\r\n") != b"\r\n":
            pass
        return bytes(body)


class Streams:
    """The connections to a server. They belong to one event loop."""

    def __init__(self, endpoint: Endpoint, limit: int, context: ssl.SSLContext | None) -> None:
        self._endpoint = endpoint
        self._context = context
        self._idle: deque[Stream] = deque()
        self._permits = asyncio.Semaphore(limit)

    async def exchange(self, request: Request, attempts: Attempts) -> Response:
        """Sends a request and reads its response; raises CacheUnavailable if that fails."""
        try:
            return await asyncio.wait_for(self._exchange(request), attempts.remaining())
        except (OSError, EOFError, ProtocolError, asyncio.TimeoutError, asyncio.LimitOverrunError) as error:
            raise unavailable(self._endpoint, request, error) from error

    async def close(self) -> None:
        """Closes what is idle."""
        while self._idle:
            await self._idle.pop().wait_closed()

    async def _exchange(self, request: Request) -> Response:
        async with self._permits:
            # What must not be sent twice never meets a connection that the server may have closed already.
            stream = self._take() if request.idempotent else None
            if stream is not None:
                with contextlib.suppress(ConnectionError, EOFError, ssl.SSLError):
                    response = await self._converse(stream, request)
                    if response.status != REQUEST_TIMEOUT:
                        return response
                # The server had grown tired of it. Others are as old.
                await self.close()
            return await self._converse(await self._connect(), request)

    async def _converse(self, stream: Stream, request: Request) -> Response:
        try:
            response, keeps_alive = await stream.converse(self._endpoint, request)
        except BaseException:
            stream.close()
            raise
        if keeps_alive:
            self._idle.append(stream)
        else:
            stream.close()
        return response

    async def _connect(self) -> Stream:
        context = self._context or ssl.create_default_context() if self._endpoint.secure else None
        return Stream(*await asyncio.open_connection(self._endpoint.host, self._endpoint.port, ssl=context))

    def _take(self) -> Stream | None:
        """The connection that was used last, of those that are still good."""
        while self._idle:
            stream = self._idle.pop()
            if stream.is_quiet():
                return stream
            stream.close()
        return None
