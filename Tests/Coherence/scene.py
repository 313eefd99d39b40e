"""Redis and two sidecars before it."""

import contextlib
import pathlib
import shutil
import sys
import tempfile

from resp import Connection
from topology import Topology

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Conformance"))

import servers  # noqa: E402

# What each sidecar is started with: the first one has room for a part of the documents, and in no less does a cache
# compress; the second one has room for everything.
OPTIONS = [["--memory-limit", "2mb"], []]
SIDECARS = len(OPTIONS)
FIGURES = ("hits", "evictions", "compressed_entries", "bypassed_not_admitted")


class Scene:
    """Serves while its context lasts. With `binary` None clients of the sidecars talk to Redis itself."""

    def __init__(self, binary):
        self.binary = binary
        self.port = servers.free_port()
        self.redis = None
        self.sidecars = []
        self.rest = []
        self.processes = []

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.directory = tempfile.mkdtemp(prefix="ocm-coherence-")
        self.stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
        self.start_redis()
        self.stack.callback(self.stop_redis)
        for number, options in enumerate(OPTIONS if self.binary else []):
            port, rest_port, path = servers.free_port(), servers.free_port(), f"{self.directory}/{number}.sock"
            command = [self.binary, "serve", "--upstream", f"redis://127.0.0.1:{self.port}", "--threads", "2"]
            command += ["--redis-port", str(port), "--redis-socket", path, "--port", str(rest_port)]
            command += options
            self.processes.append(self.stack.enter_context(servers.running("ocm", command, port)))
            self.sidecars.append((port, path))
            self.rest.append(("127.0.0.1", rest_port))
        return self

    def __exit__(self, *exception):
        return self.stack.__exit__(*exception)

    def start_redis(self):
        command = ["redis-server", "--port", str(self.port), "--save", "", "--databases", "64"]
        command += ["--enable-debug-command", "yes"]
        self.redis = servers.running("redis-server", command, self.port)
        self.redis.__enter__()

    def stop_redis(self):
        self.redis.__exit__(None, None, None)

    def topology(self):
        direct = ("127.0.0.1", self.port)
        sidecars = [[("127.0.0.1", port), path] for port, path in self.sidecars]
        return Topology(sidecars or [[direct]] * SIDECARS, direct, self.rest)

    def crashed(self):
        """Whether a sidecar has ended by itself: leaving the context then says what it had to say."""
        return any(process.poll() is not None for process in self.processes)

    def figures(self):
        """What each sidecar says of its cache."""
        return [self.figures_of(port) for port, _ in self.sidecars]

    def figures_of(self, port):
        connection = Connection(port)
        fields = dict(line.split(":", 1) for line in connection.ask(b"INFO", b"ocm").decode().splitlines() if ":" in line)
        connection.close()
        return {name: int(fields.get(f"ocm_cache_{name}", 0)) for name in FIGURES}
