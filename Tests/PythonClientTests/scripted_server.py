"""A server that answers as a test tells it to: faults that no real one produces when asked."""

import contextlib
import dataclasses
import json
import queue
import select
import socket
import struct
import threading

KEEP, CLOSE, RESET, HANG = "keep", "close", "reset", "hang"


@dataclasses.dataclass
class Answer:
    """What is sent for a request, in so many writes, and what becomes of the connection then."""

    parts: list = dataclasses.field(default_factory=list)
    then: str = KEEP
    pause: float = 0
    """The seconds before each part after the first."""
    unread: bool = False
    """Whether it is sent before the request's body is read, which it then never is."""


@dataclasses.dataclass
class Received:
    """A request that came."""

    connection: int
    line: str
    headers: dict
    body: bytes


def respond(body=b"{}", status=200, headers=(), then=KEEP):
    """A well-formed response. What isn't bytes is JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} Reason\r\nContent-Length: {len(content)}\r\nContent-Type: application/json\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers)
    return Answer([head.encode() + b"\r\n" + content], then)


def respond_raw(*parts, then=KEEP, pause=0):
    """Whatever is to be sent."""
    return Answer(list(parts), then, pause)


class ScriptedServer:
    """Gives the answers in turn, whichever connection the requests come over."""

    def __init__(self, context=None, listener=None):
        self._context = context
        self._answers = queue.SimpleQueue()
        self._ended = threading.Event()
        self._connections = []
        self._lock = threading.Lock()
        self.received = []
        self.under_way = 0
        self.most_under_way = 0
        self._listener = listener or socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self):
        return f"{'https' if self._context else 'http'}://localhost:{self.port}"

    @property
    def connections(self):
        """How many have been opened."""
        return len(self._connections)

    @property
    def connections_used(self):
        """For each request, the number of its connection."""
        return [request.connection for request in self.received]

    def script(self, *answers):
        """What the next requests get."""
        for answer in answers:
            self._answers.put(answer)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._ended.set()
        self._listener.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        assert kind is not None or self._answers.empty(), "not all that was scripted has been asked for"

    def _accept(self):
        while not self._ended.is_set():
            with contextlib.suppress(OSError, ValueError):
                if select.select([self._listener], [], [], 0.05)[0]:
                    connection, _ = self._listener.accept()
                    self._connections.append(connection)
                    thread = threading.Thread(target=self._serve, args=(connection, len(self._connections) - 1))
                    self._threads.append(thread)
                    thread.start()

    def _serve(self, connection, number):
        with contextlib.suppress(OSError), connection:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            self._converse(connection, number)
            connection.close()

    def _converse(self, connection, number):
        reader = connection.makefile("rb")
        while self._wait_for_request(connection):
            line = reader.readline().decode().rstrip()
            if not line:
                return
            headers = {}
            while field := reader.readline().decode().rstrip():
                name, _, value = field.partition(": ")
                headers[name.lower()] = value
            answer = self._answers.get_nowait()
            body = b"" if answer.unread else reader.read(int(headers.get("content-length", 0)))
            self.received.append(Received(number, line, headers, body))
            with self._counted():
                for index, part in enumerate(answer.parts):
                    if index:
                        self._ended.wait(answer.pause)
                    connection.sendall(part)
            if answer.then == HANG:
                self._ended.wait(20)
            if answer.then == RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if answer.then != KEEP:
                reader.close()
                return

    @contextlib.contextmanager
    def _counted(self):
        with self._lock:
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            yield
        finally:
            with self._lock:
                self.under_way -= 1

    def _wait_for_request(self, connection):
        while not self._ended.is_set():
            if getattr(connection, "pending", int)() or select.select([connection], [], [], 0.05)[0]:
                return True
        return False
