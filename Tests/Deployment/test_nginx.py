"""What nginx does with the shipped configuration when those behind it are away or break connections."""

import contextlib
import http.client
import http.server
import threading

import pytest
from cluster import Server, nginx_configuration
from programs import free_port


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests += 1
        if self.server.answers:
            self.send_response_only(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_GET = do_POST = do_PUT = do_DELETE = answer


class Upstream(http.server.ThreadingHTTPServer):
    """If it doesn't answer, then it closes the connection: nobody knows whether the request has been carried out."""

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), Handler)
        self.http_port = self.server_port
        self.answers = answers
        self.requests = 0
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


@pytest.fixture
def upstream():
    """Makes one that lives as long as the test."""
    servers = []

    def make(answers):
        servers.append(Upstream(answers))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@contextlib.contextmanager
def connection_to_nginx(directory, upstreams):
    directory.chmod(0o755)
    port = free_port()
    path = nginx_configuration(directory, port, upstreams)
    nginx = Server("nginx", directory, port, ["nginx", "-c", str(path), "-e", directory / "log", "-g", "daemon off;"])
    try:
        nginx.start()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        yield connection
        connection.close()
    finally:
        nginx.stop()


@pytest.mark.parametrize(("method", "attempts"), [("GET", 3), ("POST", 1), ("PUT", 1), ("DELETE", 1)])
def test_only_what_reads_is_repeated(tmp_path, upstream, method, attempts):
    upstreams = [upstream(answers=False) for _ in range(3)]
    with connection_to_nginx(tmp_path, upstreams) as connection:
        connection.request(method, "/api/cache/key/k", None if method == "GET" else '{"value": 1}')
        assert connection.getresponse().status == 502
    assert sum(server.requests for server in upstreams) == attempts


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_what_was_not_even_sent_goes_to_another(tmp_path, upstream, method):
    upstreams = [upstream(answers=True) for _ in range(3)]
    upstreams[0].close()
    with connection_to_nginx(tmp_path, upstreams) as connection:
        # Of so many keys the one that is away has some.
        for number in range(100):
            connection.request(method, f"/api/cache/key/k{number}", None if method == "GET" else '{"value": 1}')
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, b"")
    assert sum(server.requests for server in upstreams) == 100
