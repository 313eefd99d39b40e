"""The servers under test, each on a free port and stopped at the end."""

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, log_path):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            if connection.recv(16).startswith(b"+PONG"):
                return
        time.sleep(0.05)
    with open(log_path, encoding="utf-8", errors="replace") as log:
        raise SystemExit(f"{process.args[0]} doesn't answer on port {port}:\n{log.read()}")


@contextlib.contextmanager
def running(name, command, port):
    """Runs `command`, which serves on `port`, for as long as the context lasts; yields the process."""
    directory = tempfile.mkdtemp(prefix=f"ocm-{name}-")
    log_path = f"{directory}/{name}.log"
    with open(log_path, "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=directory, stdout=log, stderr=log)
    try:
        wait_for(port, process, log_path)
        yield process
        if process.poll() is not None:
            with open(log_path, encoding="utf-8", errors="replace") as log:
                raise SystemExit(f"{name} ended with status {process.returncode}:\n{log.read()[-3000:]}")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def redis():
    """Redis with what the suite needs; yields its port."""
    port = free_port()
    options = ["--save", "", "--enable-debug-command", "yes", "--enable-module-command", "yes"]
    with running("redis-server", ["redis-server", "--port", str(port), *options], port):
        yield port


@contextlib.contextmanager
def ocm(binary, upstream_port, flags):
    """The proxy before a Redis; yields its port."""
    port = free_port()
    upstream = f"redis://127.0.0.1:{upstream_port}"
    command = [binary, "serve", "--upstream", upstream, "--port", "0", "--redis-port", str(port), *flags]
    with running("ocm", command, port):
        yield port
