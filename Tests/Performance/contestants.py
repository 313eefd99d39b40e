"""What is measured: servers, each with the addresses that it listens on. A new one is a function in `ALL`."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import native
import resp

PACKAGES = {
    "redis-server": "redis-server", "redis-benchmark": "redis-tools", "nutcracker": "nutcracker", "haproxy": "haproxy",
    "wrk": "wrk", "webdis": "webdis",
}


def install_packages():
    """Installs those Debian packages that are missing."""
    os.environ["PATH"] += ":/usr/sbin"
    missing = sorted({package for tool, package in PACKAGES.items() if not shutil.which(tool)})
    if not missing:
        return
    print(f"installing {' '.join(missing)}", flush=True)
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    subprocess.run([*sudo, "apt-get", "-qq", "update"], check=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", RUNLEVEL="1")
    command = [*sudo, "apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process and the Redis behind it, if there is one; `caches` says that its INFO counts hits and misses."""

    def __init__(self, name, command, port=None, path=None, upstream=None, caches=False):
        self.name, self.port, self.path, self.upstream, self.caches = name, port, path, upstream, caches
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while not self.answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.process.kill()
                raise SystemExit(f"{name} doesn't answer: {' '.join(map(str, command))}")
            time.sleep(0.05)

    def connect(self):
        family, address = (socket.AF_UNIX, str(self.path)) if self.path else (socket.AF_INET, ("127.0.0.1", self.port))
        connection = socket.socket(family)
        connection.settimeout(10)
        connection.connect(address)
        return connection

    def answers(self):
        try:
            with self.connect() as connection:
                connection.sendall(b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n")
                return connection.recv(64)[:1] == b"$"
        except OSError:
            return False

    @property
    def address(self):
        """Where redis-benchmark finds it."""
        return ["-s", str(self.path)] if self.path else ["-p", str(self.port)]

    def cpu_seconds(self):
        # The process's CPU clock, as clock_getcpuclockid(3) makes it; /proc has hundredths of a second only.
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def cpu_seconds_by_thread(self):
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return {task.name: int((task / "schedstat").read_text().split()[0]) / 1e9 for task in tasks}

    def resident_memory(self):
        """In bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]) * 1024

    def peak_resident_memory(self):
        """In bytes, since the last call."""
        process = pathlib.Path(f"/proc/{self.process.pid}")
        peak = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM:"))
        (process / "clear_refs").write_text("5")
        return int(peak.split()[1]) * 1024

    def cache_info(self):
        """The fields of INFO about the cache, without their prefix."""
        with resp.Client(self) as client:
            info = client.info()
        prefix = "ocm_cache_"
        found = {name.removeprefix(prefix): value for name, value in info.items() if name.startswith(prefix)}
        if not found:
            raise SystemExit(f"the INFO of {self.name} has no {prefix}…: it has no cache")
        return found

    def state(self):
        """What grows while it serves: CPU seconds, in all and by thread, those of the Redis behind it, hits, misses."""
        cache = self.cache_info() if self.caches else {"hits": 0, "misses": 0}
        return {
            "cpu": self.cpu_seconds(),
            "threads": self.cpu_seconds_by_thread(),
            "upstream": self.upstream.cpu_seconds() if self.upstream else 0,
            "hits": cache["hits"],
            "misses": cache["misses"],
        }

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Field:
    """Makes the contestants of one run, in one directory, and stops them all at its end."""

    def __init__(self, ocm):
        self.ocm = ocm
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ocm-bench-"))
        self.servers = []

    def start(self, *arguments, **keywords):
        self.servers.append(Server(*arguments, **keywords))
        return self.servers[-1]

    def redis(self, unix, name="redis-server"):
        port, path = free_port(), self.directory / f"redis{len(self.servers)}.sock"
        command = ["redis-server", "--port", str(port), "--unixsocket", str(path), "--save", "", "--appendonly", "no"]
        # By default Redis tracks a million keys; of more it invalidates some, whether they have changed or not.
        command += ["--tracking-table-max-keys", "0"]
        return self.start(name, command, port=port, path=path if unix else None)

    def forwarding(self, unix, upstream=None, name="ocm, forwarding"):
        upstream = upstream or self.redis(unix, "redis-server behind ocm")
        return self.serve(name, unix, ["--no-cache"], upstream)

    def caching(self, unix, upstream, name="ocm, hits", threads=1, options=()):
        return self.serve(name, unix, options, upstream, threads, caches=True)

    def embedded(self, unix):
        return self.serve("ocm, embedded store", unix, [])

    def serve(self, name, unix, options, upstream=None, threads=1, caches=False):
        port, path = free_port(), self.directory / f"ocm{len(self.servers)}.sock"
        command = [self.ocm, "serve", "--threads", str(threads), "--port", "0", "--redis-port", str(port), "--redis-socket", str(path)]
        if upstream:
            url = f"unix://{upstream.path}" if upstream.path else f"redis://127.0.0.1:{upstream.port}"
            command += ["--upstream", url]
        path = path if unix else None
        return self.start(name, [*command, *options], port=port, path=path, upstream=upstream, caches=caches)

    def delayed(self, upstream, milliseconds, name):
        """The same Redis, with a round trip that takes so much longer."""
        port = free_port()
        one_way = str(int(milliseconds * 500))
        command = [native.program("delay"), str(port), str(upstream.port), one_way]
        return self.start(name, command, port=port, upstream=upstream)

    def twemproxy(self, unix):
        upstream = self.redis(unix, "redis-server behind twemproxy")
        port, path = free_port(), self.directory / f"twemproxy{len(self.servers)}.sock"
        server = f"{upstream.path}:1 redis" if unix else f"127.0.0.1:{upstream.port}:1"
        configuration = self.directory / f"twemproxy{len(self.servers)}.yml"
        configuration.write_text(
            f"bench:\n  listen: {path if unix else f'127.0.0.1:{port}'}\n  redis: true\n  hash: fnv1a_64\n"
            f"  distribution: ketama\n  timeout: 10000\n  servers:\n   - {server}\n"
        )
        command = ["nutcracker", "-c", configuration, "-s", str(free_port()), "-o", "/dev/null"]
        return self.start("twemproxy", command, port=port, path=path if unix else None, upstream=upstream)

    def haproxy(self, unix):
        upstream = self.redis(unix, "redis-server behind HAProxy")
        port, path = free_port(), self.directory / f"haproxy{len(self.servers)}.sock"
        configuration = self.directory / f"haproxy{len(self.servers)}.cfg"
        configuration.write_text(
            "global\n  nbthread 1\n  maxconn 1000\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 60s\n"
            f"  timeout server 60s\nlisten bench\n  bind {f'unix@{path}' if unix else f'127.0.0.1:{port}'}\n"
            f"  server redis {f'unix@{upstream.path}' if unix else f'127.0.0.1:{upstream.port}'}\n"
        )
        command = ["haproxy", "-db", "-f", configuration]
        return self.start("HAProxy", command, port=port, path=path if unix else None, upstream=upstream)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in reversed(self.servers):
            server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


# All that serve any key, wherever it is kept; the first one is what the others are compared with.
ALL = [Field.redis, Field.forwarding, Field.embedded, Field.twemproxy, Field.haproxy]
