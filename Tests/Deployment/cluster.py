"""The large deployment on loopback: nginx with the shipped configuration, three ocm, one Redis."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess

from programs import ROOT, free_port, wait_until
from topology import Topology

OCM = os.environ.get("OCM_BINARY", str(ROOT / ".build/release/ocm"))
TOKEN = "token"
PASSWORD = "sesame"


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Server:
    """A process that serves on a port, and can be started again."""

    def __init__(self, name, directory, port, command):
        self.name, self.port, self.command = name, port, command
        self.log = directory / f"{name}.log"
        self.process = None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        wait_until(f"{self.name} listens", lambda: listens(self.port))

    def signal(self, number):
        self.process.send_signal(number)
        return self.process.wait(30)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Sidecar(Server):
    """One of the three, with a port for HTTP besides that for Redis clients."""

    def __init__(self, number, directory, redis_port):
        self.http_port = free_port()
        port = free_port()
        command = [OCM, "serve", "--upstream", f"redis://:{PASSWORD}@127.0.0.1:{redis_port}"]
        command += ["--requirepass", PASSWORD, "--rest-token", TOKEN]
        command += ["--redis-port", str(port), "--port", str(self.http_port)]
        super().__init__(f"ocm{number}", directory, port, command)

    def start(self):
        super().start()
        wait_until(f"{self.name} is ready", self.ready)

    def ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=5)
            connection.request("GET", "/readyz")
            status = connection.getresponse().status
            connection.close()
            return status == 200
        return False


def nginx_configuration(directory, port, servers):
    """The shipped one with other addresses and directories, which also tells clients who has answered: nothing else is
    changed."""
    text = (ROOT / "docker/nginx.conf").read_text(encoding="utf-8")
    for number, server in enumerate(servers, 1):
        text, count = re.subn(rf"\bocm{number}:8000\b", f"127.0.0.1:{server.http_port}", text)
        assert count == 1
    text, count = re.subn(r"\blisten 8000;", f"listen 127.0.0.1:{port};", text)
    assert count == 1
    text, count = re.subn(r"\bhttp {", r"\g<0> add_header X-Upstream $upstream_addr always;", text)
    assert count == 1
    path = directory / "nginx.conf"
    path.write_text(text.replace("/tmp/", f"{directory}/").replace("/dev/stderr", f"{directory}/error.log"), encoding="utf-8")
    return path


class Cluster:
    """All of it, serving while the context lasts."""

    def __init__(self, directory):
        # nginx's workers, who aren't root, must get at their files.
        directory.chmod(0o755)
        self.redis = Server("redis", directory, port := free_port(), ["redis-server", "--port", str(port), "--save", ""])
        self.redis.command += ["--requirepass", PASSWORD]
        self.ocm = [Sidecar(number, directory, port) for number in (1, 2, 3)]
        self.port = free_port()
        self.configuration = nginx_configuration(directory, self.port, self.ocm)
        command = ["nginx", "-c", str(self.configuration), "-e", f"{directory}/error.log", "-g", "daemon off;"]
        self.nginx = Server("nginx", directory, self.port, command)

    def __enter__(self):
        try:
            for server in (self.redis, *self.ocm, self.nginx):
                server.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in (self.nginx, *self.ocm, self.redis):
            server.stop()

    def topology(self):
        return Topology(
            sidecars=[[("127.0.0.1", ocm.port)] for ocm in self.ocm],
            redis=("127.0.0.1", self.redis.port),
            rest=[("127.0.0.1", ocm.http_port) for ocm in self.ocm],
            balancer=("127.0.0.1", self.port),
            round_robin=True,
            password=PASSWORD.encode(),
            token=TOKEN,
        )

    def kill(self, number):
        self.ocm[number].signal(signal.SIGKILL)

    def drain(self, number):
        assert self.ocm[number].signal(signal.SIGTERM) == 0
