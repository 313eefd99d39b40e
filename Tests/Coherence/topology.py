"""What the clients of a run are connected to."""

import dataclasses


@dataclasses.dataclass
class Topology:
    """An address is a host and a port, or the path of a unix socket."""

    # Those of each sidecar for Redis clients, used in turn.
    sidecars: list
    redis: tuple
    # That of each sidecar for HTTP clients; none if they aren't to be asked over HTTP.
    rest: list = ()
    # Where HTTP clients go instead if a balancer is before the sidecars, which says by `X-Upstream` who has answered.
    balancer: tuple | None = None
    # Whether Redis clients whose connection is lost go to the next sidecar. Else each stays with its own.
    round_robin: bool = False
    password: bytes | None = None
    token: str | None = None

    def rest_site(self, address):
        """The sidecar at an address as `X-Upstream` gives it; None if it is none."""
        host, _, port = address.rpartition(":")
        return self.rest.index((host, int(port))) if port.isdigit() and (host, int(port)) in self.rest else None
