"""A real Redis and a real ocm in front of it, on free ports, which tests may stop and start again."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import urllib.error
import urllib.request

from programs import free_port, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Server:
    """A process that serves on a port."""

    def __init__(self, directory, port):
        self.directory, self.port, self.process = directory, port, None

    def launch(self, *command):
        log = open(self.directory / f"{self.port}.log", "ab")
        self.process = subprocess.Popen([str(word) for word in command], cwd=self.directory, stdout=log, stderr=log)
        wait_until(f"{command[0]} answers", self.answers)

    def answers(self):
        log = (self.directory / f"{self.port}.log").read_text(errors="replace")
        assert self.process.poll() is None, f"it ended by itself: {log}"
        return self.answers_now()

    def stop(self, by=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(by)
            self.process.wait(20)
            self.process = None


class Redis(Server):
    def __init__(self, directory):
        super().__init__(directory, free_port())

    def start(self):
        self.launch("redis-server", "--port", self.port, "--save", "", "--appendonly", "no")

    def answers_now(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class OCM(Server):
    """ocm with the REST listener; `user` is how it logs in to Redis, None that it serves from memory."""

    def __init__(self, directory, redis, *options, user=""):
        super().__init__(directory, free_port())
        self.redis_port, self.options, self.origin = free_port(), options, f"http://127.0.0.1:{self.port}"
        self.upstream = [] if redis is None else ["--upstream", f"redis://{user}127.0.0.1:{redis.port}"]

    def start(self):
        binary = pathlib.Path(os.environ.get("OCM_BINARY", ROOT / ".build/release/ocm"))
        assert binary.exists(), f"there is no {binary}: run `make build` first"
        ports = ["--port", self.port, "--redis-port", self.redis_port]
        self.launch(binary, "serve", *self.upstream, *ports, *self.options)

    def answers_now(self):
        try:
            return self.get("/livez").status == 200
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def get(self, path, headers=None):
        return urllib.request.urlopen(urllib.request.Request(self.origin + path, headers=headers or {}), timeout=10)

    def stats(self):
        with self.get("/api/cache/stats") as response:
            return json.load(response)
