"""The servers under test, as processes: a real Redis, and ocm."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile

import redis
from programs import free_port, wait_until
from rest import Rest
from wire import Wire

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("OCM_BINARY", ROOT / ".build/release/ocm"))


def answers(port, host="127.0.0.1"):
    """Whether something that speaks RESP listens there, even if it has nothing but errors to say."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith((b"+", b"-"))
    except OSError:
        return False


def listens(port, host="127.0.0.1"):
    try:
        with socket.create_connection((host, port), timeout=5):
            return True
    except OSError:
        return False


class Redis:
    """A redis-server that saves nothing by itself."""

    def __init__(self, *options):
        self.options = [str(option) for option in options]
        self.port = free_port()
        self.process = None
        self.directory = tempfile.TemporaryDirectory()
        self.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no", *self.options]
        self.process = subprocess.Popen(command, cwd=self.directory.name, stdout=subprocess.DEVNULL)
        wait_until("Redis answers", lambda: answers(self.port))

    def client(self):
        return redis.Redis(port=self.port, socket_timeout=20)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)
        self.directory.cleanup()


class Ocm:
    """ocm with both listeners on ports of its own. Its log ends in `log_path`."""

    def __init__(self, log_path, *options, upstream=None, environment=None, resp_password=None):
        assert BINARY.exists(), f"there is no {BINARY}: run `make build` first"
        self.port, self.resp_port, self.log_path = free_port(), free_port(), log_path
        self.resp_password = resp_password
        command = [BINARY, "serve", "--port", self.port, "--redis-port", self.resp_port, *options]
        if upstream:
            command += ["--upstream", upstream]
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command], stderr=log, env={**os.environ, **(environment or {})}
            )
        self.rest = Rest(self.port)
        try:
            wait_until("ocm is ready", self._is_ready)
        except BaseException:
            self.process.kill()
            raise

    def _is_ready(self):
        assert self.process.poll() is None, f"ocm ended by itself: {self.log}"
        return answers(self.resp_port) and listens(self.port) and " is ready\n" in self.log

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def resp(self):
        """A Redis client; it returns bytes."""
        return redis.Redis(port=self.resp_port, socket_timeout=20, password=self.resp_password)

    def wire(self, **options):
        return Wire(self.port, **options)

    def wait_until_caching(self):
        def is_caching():
            return self.rest.get("/api/cache/stats").json["cache"]["state"] == "on"

        wait_until("the cache is on", is_caching)

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) << 10

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        """Ends it if it hasn't been asked to, and checks that it ended well and found nothing wrong with itself."""
        self.rest.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            assert self.process.wait(20) == 0, self.log
        finally:
            self.process.kill()
            self.process.wait()
        # That a Redis is away, or full, isn't ocm's fault; the tests that have it so look at what is said.
        errors = re.findall(r".* (?:error|critical) ocm: (?!.*(?:cannot reach Redis|max number of clients)).*", self.log)
        assert not errors, self.log
