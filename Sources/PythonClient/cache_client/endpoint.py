"""Where the server is, and what every request to it says."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from .messages import Request

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Endpoint:
    """A server's address, taken apart."""

    url: str
    secure: bool
    host: str
    port: int
    prefix: str
    """The path before `/api`, without a slash at its end: empty unless a load balancer puts one there."""
    authorization: str | None

    @classmethod
    def parse(cls, url: str, token: str | None) -> Endpoint:
        """Raises ValueError if it isn't an address, or the token can't stand in a header."""
        parts = urlsplit(url.strip())
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError(f"{url!r} isn't the URL of a server: give one like http://localhost:8000")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError(f"{url!r} has more than an address and a path: a token is given as `token`")
        address = parts.netloc + parts.path
        if not (address.isascii() and address.isprintable()) or " " in address:
            raise ValueError(f"{url!r} has characters that must be encoded in a URL")
        if token is not None and not (token.isascii() and token.isprintable() and token.strip() == token and token):
            raise ValueError("a token is printable ASCII without spaces around it")
        return cls(
            url=url,
            secure=parts.scheme == "https",
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            prefix=parts.path.rstrip("/"),
            authorization=None if token is None else f"Bearer {token}",
        )

    @property
    def host_header(self) -> str:
        """The server's name as a request says it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS["https" if self.secure else "http"] else f"{name}:{self.port}"

    def headers(self, request: Request) -> dict[str, str]:
        """A request's headers, but for those of the connection."""
        headers = {"Host": self.host_header, "Accept": request.accept}
        if self.authorization is not None:
            headers["Authorization"] = self.authorization
        if request.body is not None:
            headers["Content-Type"] = request.content_type
            headers["Content-Length"] = str(len(request.body))
        return headers
