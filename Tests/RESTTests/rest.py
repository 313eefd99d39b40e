"""A client of the REST API that adds nothing of its own: bytes go out as they are given."""

import json
from urllib.parse import quote

from wire import Closed, Wire


class Rest:
    """Requests over one connection, which is opened anew when the server has closed it."""

    def __init__(self, port, token=None, host="127.0.0.1"):
        self.port, self.token, self.host = port, token, host
        self.wire = None

    def close(self):
        if self.wire:
            self.wire.close()
        self.wire = None

    def request(self, method, target, body=None, headers=None):
        headers = dict(headers or {})
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        is_new = self.wire is None
        self.wire = self.wire or Wire(self.port, self.host)
        try:
            response = self.wire.exchange(method, target, headers, body)
        except (Closed, BrokenPipeError, ConnectionResetError):
            self.close()
            if is_new:
                raise
            return self.request(method, target, body, headers)
        except BaseException:
            self.close()
            raise
        if (response["connection"] or "").lower() == "close":
            self.close()
        return response

    def get(self, target, **headers):
        return self.request("GET", target, headers=as_headers(headers))

    def head(self, target, **headers):
        return self.request("HEAD", target, headers=as_headers(headers))

    def delete(self, target):
        return self.request("DELETE", target)

    def put(self, target, body):
        return self.request("PUT", target, body)

    def post(self, target, content):
        """`content` is sent as JSON; bytes are sent as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.request("POST", target, body, {"Content-Type": "application/json"})

    def command(self, *words):
        return self.post("/api/command", list(words))

    def set(self, key, value, **more):
        response = self.post(key_path(key), {"value": value, **more})
        assert response.status == 200 and response.json["stored"] is True, response
        return response


def as_headers(arguments):
    return {name.replace("_", "-"): value for name, value in arguments.items()}


def key_path(key):
    """The path of a key, text or bytes, with all that needs it percent-encoded."""
    return "/api/cache/key/" + quote(key, safe="")
