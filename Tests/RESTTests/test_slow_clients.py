"""A thousand clients that never finish what they say (Slowloris): all are shown out, and nobody else notices."""

import selectors
import time

import pytest
from rest import key_path
from wire import STATUS_LINE, Wire

CONNECTIONS = 1000
PATIENCE = 70
HEAD = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = b"PUT /api/cache/key/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
CHUNKS = b"PUT /api/cache/key/slow HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


class SlowClient:
    """Says how it begins, and then one piece a second, if there is one."""

    def __init__(self, port, beginning, piece):
        self.socket = Wire(port).socket
        self.socket.sendall(beginning)
        self.socket.setblocking(False)
        self.piece = piece
        self.said = b""

    def go_on(self):
        try:
            self.socket.send(self.piece)
        except OSError:
            pass

    def listen(self):
        """Whether the connection has ended."""
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            return True
        self.said += data
        return not data


@pytest.mark.timeout(PATIENCE + 30)
def test_a_thousand_slow_clients(start):
    server = start()
    before = server.resident_bytes()
    server.rest.put(key_path("k"), b"value")
    heads = [(b"G", b""), (HEAD, b""), (HEAD, b"x"), (b"\r\n", b"\r\n")]
    bodies = [(BODY, b""), (BODY, b"x"), (CHUNKS, b""), (CHUNKS, b"1\r\nx\r\n"), (CHUNKS, b"0")]
    kinds = heads + bodies
    selector = selectors.DefaultSelector()
    for number in range(CONNECTIONS):
        client = SlowClient(server.port, *kinds[number % len(kinds)])
        selector.register(client.socket, selectors.EVENT_READ, client)
    started = next_word = time.monotonic()
    ended, slowest = [], 0
    while len(ended) < CONNECTIONS:
        now = time.monotonic()
        assert now < started + PATIENCE, f"{CONNECTIONS - len(ended)} are still there"
        for key, _ in selector.select(0.1):
            if key.data.listen():
                selector.unregister(key.fileobj)
                key.fileobj.close()
                ended.append(key.data)
        if now > next_word:
            next_word = now + 1
            for key in selector.get_map().values():
                key.data.go_on()
        # Somebody else's requests, meanwhile.
        asked = time.monotonic()
        assert server.rest.get(key_path("k")).json["value"] == "value"
        slowest = max(slowest, time.monotonic() - asked)
    assert slowest < 5
    for client in ended:
        if client.said:
            assert STATUS_LINE.match(client.said)[1] in (b"408", b"400"), client.said
    assert [client for client in ended if client.said], "nobody was told why"
    assert server.rest.get(key_path("slow")).status == 404
    assert server.resident_bytes() - before < 64 << 20
    assert server.rest.get("/api/cache/stats").json["clients"]["rest"] == 1
