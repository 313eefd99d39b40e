"""Clients don't wait for the server to be ready: they are served, and it becomes so all the same."""

import socket

import pytest
from servers import Ocm


class Hasty(Ocm):
    """Is asked for something in the moment in which it begins to listen."""

    has_been_asked = False

    def _is_ready(self):
        while not self.has_been_asked:
            try:
                with socket.create_connection(("127.0.0.1", self.resp_port), timeout=5) as connection:
                    connection.sendall(b"GET nothing\r\n")
                    assert connection.recv(16) == b"$-1\r\n"
                    self.has_been_asked = True
            except ConnectionRefusedError:
                assert self.process.poll() is None, self.log
        return super()._is_ready()


@pytest.mark.parametrize("number", range(50))
def test_clients_that_come_first(number, redis_server, tmp_path):
    server = Hasty(tmp_path / "ocm.log", upstream=redis_server.url)
    server.wait_until_caching()
    server.stop()
