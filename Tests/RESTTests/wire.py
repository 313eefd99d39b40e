"""HTTP/1.1 as bytes on a socket: sends whatever it is told to, and reads responses strictly."""

import json
import re
import socket
import struct
import time
import zlib
from dataclasses import dataclass

STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) ([ -~]*)")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([ -~\t]*?)[ \t]*")
WITHOUT_BODY = {204, 304}
LISTS = {"vary", "allow"}


class Closed(Exception):
    """The server closed the connection where a response should have been."""


@dataclass
class Response:
    status: int
    headers: list
    body: bytes

    def __getitem__(self, name):
        """The header's value, or None; only a list may be spread over several lines."""
        values = [value for its_name, value in self.headers if its_name.lower() == name.lower()]
        assert len(values) < 2 or name in LISTS, f"{name} occurs twice: {self.headers}"
        return ", ".join(values) if values else None

    @property
    def json(self):
        assert self["content-type"] and self["content-type"].split(";")[0] == "application/json", self.headers
        return json.loads(self.body.decode("utf-8"), parse_constant=refuse_constant)

    @property
    def plain(self):
        """The body without its Content-Encoding."""
        encoding = self["content-encoding"]
        if encoding is None:
            return self.body
        wbits = {"gzip": 31, "deflate": 15}[encoding]
        inflater = zlib.decompressobj(wbits)
        plain = inflater.decompress(self.body)
        assert inflater.eof and not inflater.unused_data, "the body isn't one whole compressed stream"
        return plain

    @property
    def error(self):
        """The sentence of an error, which is all that its body has."""
        assert list(self.json) == ["error"], self
        sentence = self.json["error"]
        assert isinstance(sentence, str) and sentence.strip(), self
        return sentence


def refuse_constant(name):
    raise ValueError(f"{name} isn't JSON")


class Wire:
    """One connection."""

    def __init__(self, port, host="127.0.0.1", timeout=20, receive_buffer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect((host, port))
        self.received = bytearray()
        self.port = port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def vanish(self):
        """Ends the connection with a reset, as a crash would."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def request(self, method, target, headers=(), body=None):
        """Sends a well-formed request: Host, and Content-Length if there is a body, are added."""
        self.send(encoded(method, target, headers, body, self.port))

    def exchange(self, method, target, headers=(), body=None):
        self.request(method, target, headers, body)
        return self.response(method)

    def response(self, method="GET"):
        """The next response that isn't interim."""
        while (response := self.any_response(method)).status < 200:
            assert response.status == 100, response
        return response

    def any_response(self, method="GET"):
        head = self._until(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        status_line = STATUS_LINE.fullmatch(lines[0])
        assert status_line, f"this isn't a status line: {lines[0]!r}"
        headers = []
        for line in lines[1:]:
            field = FIELD_LINE.fullmatch(line)
            assert field, f"this isn't a header: {line!r}"
            headers.append((field[1].decode(), field[2].decode()))
        response = Response(int(status_line[1]), headers, b"")
        if method == "HEAD" or response.status < 200 or response.status in WITHOUT_BODY:
            return response
        if response["transfer-encoding"]:
            assert response["transfer-encoding"] == "chunked" and response["content-length"] is None, headers
            response.body = self._chunks()
        else:
            length = response["content-length"]
            assert length is not None and length.isdigit(), f"how long is the body? {headers}"
            response.body = self._exactly(int(length))
        return response

    def is_closed(self, seconds=10):
        """Whether the server has closed the connection, and sent nothing more, when so much time has passed."""
        deadline = time.monotonic() + seconds
        while not self.received:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return False
            except ConnectionError:
                return True
            if not data:
                return True
            self.received += data
        return False

    def _more(self):
        try:
            data = self.socket.recv(1 << 18)
        except ConnectionError as error:
            raise Closed(f"{error}, after {bytes(self.received[-200:])!r}") from error
        if not data:
            raise Closed(f"closed after {bytes(self.received[-200:])!r}")
        self.received += data

    def _until(self, end):
        while (position := self.received.find(end)) < 0:
            self._more()
        data = bytes(self.received[:position])
        del self.received[: position + len(end)]
        return data

    def _exactly(self, length):
        while len(self.received) < length:
            self._more()
        data = bytes(self.received[:length])
        del self.received[:length]
        return data

    def _chunks(self):
        body = b""
        while size := int(self._until(b"\r\n"), 16):
            body += self._exactly(size)
            assert self._exactly(2) == b"\r\n"
        assert self._until(b"\r\n") == b"", "trailers aren't expected"
        return body


def encoded(method, target, headers=(), body=None, port=80):
    lines = [f"{method} {target} HTTP/1.1"]
    headers = list(headers.items() if isinstance(headers, dict) else headers)
    names = {name.lower() for name, _ in headers}
    if "host" not in names:
        lines.append(f"Host: 127.0.0.1:{port}")
    if body is not None and not names & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")
