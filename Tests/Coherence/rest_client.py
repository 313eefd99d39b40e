"""An HTTP client's connection: one request at a time."""

import socket
import typing

from client import Client
from resp import INCOMPLETE


class Response(typing.NamedTuple):
    """A response; the names of its headers are in lower case."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def is_json(self):
        return self.headers.get(b"content-type", b"").startswith(b"application/json")


def parse_response(buffer, position):
    """The response that starts at `position`, and where it ends; INCOMPLETE if it isn't all there."""
    end = buffer.find(b"\r\n\r\n", position)
    if end < 0:
        return INCOMPLETE, position
    status_line, *lines = buffer[position:end].split(b"\r\n")
    fields = [line.partition(b":") for line in lines]
    headers = {name.lower(): value.strip() for name, _, value in fields}
    after = end + 4 + int(headers[b"content-length"])
    if len(buffer) < after:
        return INCOMPLETE, position
    return Response(int(status_line.split()[1]), headers, buffer[end + 4 : after]), after


class RESTClient(Client):
    """Before a balancer its site is that of the sidecar that has answered last, and any may be the next."""

    parse = staticmethod(parse_response)
    pipelines = False

    def __init__(self, worker, name, target, database, workload, source):
        super().__init__(worker, name, [target], database, "HTTP", "regular")
        self.workload = workload
        self.source = source
        self.balanced = self.site is None
        self.sites = range(len(worker.topology.sidecars)) if self.balanced else [self.site]

    @property
    def visible(self):
        return [self.database]

    def open(self, address):
        if self.source is None:
            return super().open(address)
        connection = socket.create_connection(address, timeout=10, source_address=(self.source, 0))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        return connection

    def moved(self, site):
        """The balancer is none: who answers is known when it has answered."""

    def greet(self, now):
        self.worker.idle(self, now)

    def answered_by(self, response):
        """The sites that the balancer has asked for this response, one after the other; None stands for none."""
        if not self.balanced:
            return [self.site]
        upstreams = response.headers.get(b"x-upstream", b"").decode().replace(" : ", ", ")
        return [self.worker.topology.rest_site(address) for address in upstreams.split(", ")]
