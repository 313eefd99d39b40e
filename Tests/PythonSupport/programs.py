"""Programs that tests start and stop: Redis and ocm, each on free ports."""

import contextlib
import dataclasses
import os
import pathlib
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, condition, seconds=30):
    """Waits for a true `condition()`, and returns it."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)
    return result


def answers(port):
    """Whether it is a Redis, or what speaks like one, that listens there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def ask(port, *words):
    """One command to a Redis; the reply as it comes, if it is a line."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        command = b"*%d\r\n" % len(words)
        for word in words:
            content = word if isinstance(word, bytes) else str(word).encode()
            command += b"$%d\r\n%s\r\n" % (len(content), content)
        connection.sendall(command)
        return connection.makefile("rb").readline().strip()


@contextlib.contextmanager
def redis_server(directory):
    """A Redis that keeps nothing; yields its port."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL)
    try:
        wait_until("Redis answers", lambda: answers(port))
        yield port
    finally:
        server.terminate()
        server.wait(15)


@dataclasses.dataclass
class OCM:
    """A running ocm."""

    redis_port: int
    rest_port: int
    log_path: pathlib.Path
    process: subprocess.Popen

    @property
    def url(self):
        return f"http://localhost:{self.rest_port}"

    @property
    def log(self):
        return self.log_path.read_text()


def ocm_binary():
    binary = pathlib.Path(os.environ.get("OCM_BINARY", ROOT / ".build/release/ocm"))
    assert binary.exists(), f"there is no {binary}: run `make build` first"
    return binary


@contextlib.contextmanager
def ocm_server(directory, *options, rest_port=None, may_log_errors=False):
    """An ocm; without its REST API if that port is 0. It must end well."""
    redis_port, rest_port, log_path = (
        free_port(),
        free_port() if rest_port is None else rest_port,
        directory / "ocm.log",
    )
    command = [ocm_binary(), "serve", "--redis-port", str(redis_port), "--port", str(rest_port), *options]
    with open(log_path, "wb") as log:
        server = OCM(redis_port, rest_port, log_path, subprocess.Popen(command, stderr=log))
    try:
        wait_until("ocm is ready", lambda: "is ready" in server.log or server.process.poll() is not None)
        yield server
        assert server.process.poll() is None, f"ocm ended by itself: {server.log}"
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(15) == 0, server.log
        assert may_log_errors or " error " not in server.log, server.log
    finally:
        server.process.kill()
        server.process.wait()
