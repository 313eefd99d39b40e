"""A real Redis and ocm in front of it: each test runs against both, so that a failure tells whose fault it is."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory):
    port, directory = free_port(), tmp_path_factory.mktemp("redis")
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"],
        cwd=directory,
        stdout=subprocess.DEVNULL,
    )
    wait_until("Redis answers", lambda: answers(port))
    yield port
    server.terminate()
    server.wait(15)


@pytest.fixture(scope="session")
def ocm_port(redis_port, tmp_path_factory):
    binary = pathlib.Path(os.environ.get("OCM_BINARY", ROOT / ".build/release/ocm"))
    assert binary.exists(), f"there is no {binary}: run `make build` first"
    port, log_path = free_port(), tmp_path_factory.mktemp("ocm") / "ocm.log"
    with open(log_path, "wb") as log:
        upstream = f"redis://127.0.0.1:{redis_port}"
        command = [binary, "serve", "--port", "0", "--redis-port", str(port), "--upstream", upstream]
        server = subprocess.Popen(command, stderr=log)
    wait_until("ocm answers", lambda: answers(port))
    yield port
    assert server.poll() is None, f"ocm ended by itself: {log_path.read_text()}"
    server.send_signal(signal.SIGTERM)
    assert server.wait(15) == 0, log_path.read_text()
    assert " error " not in log_path.read_text(), log_path.read_text()


@pytest.fixture(params=["direct", "through ocm"])
def port(request, redis_port, ocm_port):
    """The port of an empty server."""
    with socket.create_connection(("127.0.0.1", redis_port)) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(16).startswith(b"+OK")
    return redis_port if request.param == "direct" else ocm_port


@pytest.fixture
def run():
    """Runs a program to its end and returns what it printed; fails with all of it when it fails."""

    def run(*command, **options):
        assert shutil.which(str(command[0])), f"there is no {command[0]}: run install.sh"
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=50, **options)
        assert result.returncode == 0, f"{command}:\n{result.stdout}\n{result.stderr}"
        return result.stdout

    return run
