"""What is measured: servers, each with the addresses that it listens on. A new one is a function in `ALL`."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PACKAGES = {
    "redis-server": "redis-server", "redis-benchmark": "redis-tools", "nutcracker": "nutcracker", "haproxy": "haproxy"
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
    """A process and the Redis behind it, if there is one."""

    def __init__(self, name, command, port=None, path=None, upstream=None):
        self.name, self.port, self.path, self.upstream = name, port, path, upstream
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while not self.answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
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
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_memory(self):
        """In bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]) * 1024

    def stop(self):
        if self.upstream:
            self.upstream.stop()
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
        return self.start(name, command, port=port, path=path if unix else None)

    def forwarding(self, unix):
        upstream = self.redis(unix, "redis-server behind ocm")
        url = f"unix://{upstream.path}" if unix else f"redis://127.0.0.1:{upstream.port}"
        return self.serve("ocm, forwarding", unix, ["--upstream", url])

    def embedded(self, unix):
        return self.serve("ocm, embedded store", unix, [])

    def serve(self, name, unix, options):
        port, path = free_port(), self.directory / f"ocm{len(self.servers)}.sock"
        command = [self.ocm, "serve", "--threads", "1", "--redis-port", str(port), "--redis-socket", str(path)]
        return self.start(name, [*command, *options], port=port, path=path if unix else None)

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
        return self.start("twemproxy", command, port=port, path=path if unix else None)

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
        return self.start("HAProxy", command, port=port, path=path if unix else None)

    def stop(self):
        for server in reversed(self.servers):
            server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


# The first one is what the others are compared with.
ALL = [Field.redis, Field.forwarding, Field.embedded, Field.twemproxy, Field.haproxy]
