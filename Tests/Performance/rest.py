"""Hits over HTTP: one value of 64 bytes, 50 connections of wrk, beside webdis and FastAPI with redis-py.

webdis runs with one thread, as ocm does, and with the two of Debian's configuration; FastAPI runs on uvicorn with its fast
event loop and HTTP parser, and redis-py with hiredis. All three have a Redis of their own behind them, with the same
value. `p99` is wrk's; the CPU time is the server's own, without that of its Redis.
"""

import json
import os
import pathlib
import re
import subprocess
import urllib.request

import contestants
import rounds
from report import Bar, Report

HERE = pathlib.Path(__file__).resolve().parent
ENVIRONMENT = HERE.parents[1] / ".build-bench/python"
REQUIREMENTS = HERE / "requirements.txt"
OCM, WEBDIS, WEBDIS_2, FASTAPI = "ocm", "webdis", "webdis, 2 threads", "FastAPI, redis-py"
BOUNDS = {WEBDIS: 1.2, WEBDIS_2: 1.2, FASTAPI: 3}
CONNECTIONS = 50
VALUE = "0123456789abcdef" * 4
UNITS = {"us": 1, "ms": 1e3, "s": 1e6}


class HTTPServer(contestants.Server):
    """A server of which a URL is measured."""

    def __init__(self, name, command, port, path, upstream):
        self.url = f"http://127.0.0.1:{port}{path}"
        super().__init__(name, command, port=port, upstream=upstream)

    def answers(self):
        try:
            with urllib.request.urlopen(self.url, timeout=2) as response:
                return VALUE.encode() in response.read()
        except OSError:
            return False


def run(options):
    report = Report()
    with contestants.Field(options.ocm) as field:
        servers = [make(field) for make in (ocm, webdis, webdis_2, fastapi)]
        samples = rounds.interleaved(servers, options.rounds, lambda server: measure(server, options.seconds))
    rows = []
    for server in servers:
        speed = rounds.median(samples, server.name, "speed")
        ratio = f"{rounds.ratio(samples, server.name, WEBDIS):.2f}"
        figures = [f"{rounds.median(samples, server.name, name):.0f}" for name in ("p50", "p99")]
        rows.append([server.name, f"{speed / 1e3:.1f} k/s", ratio, *figures, f"{rounds.median(samples, server.name, 'cpu'):.1f}"])
    report.table(["hits over HTTP", "requests", "÷ webdis", "p50, µs", "p99, µs", "µs/request"], rows)
    for name, bound in BOUNDS.items():
        report.bars.append(Bar(f"HTTP hits : {name}", bound, [(rounds.ratio(samples, OCM, name), "")]))
    p99 = [(rounds.ratio(samples, OCM, name, "p99"), name) for name in BOUNDS]
    report.bars.append(Bar("p99 of HTTP hits : others'", 1, p99, at_least=False))
    report.samples["hits over HTTP"] = samples
    return report


def measure(server, seconds):
    before = server.cpu_seconds()
    # A second less is mostly warming up.
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(2, round(seconds * 2))}s", "--latency", server.url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"{server.name}: wrk had errors:\n{output}")
    requests = int(re.search(r"(\d+) requests in", output)[1])
    return {
        "speed": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),
        "p50": latency(output, 50),
        "p99": latency(output, 99),
        "cpu": (server.cpu_seconds() - before) * 1e6 / requests,
    }


def latency(output, percent):
    """In µs."""
    figure, unit = re.search(rf"\s{percent}%\s+([\d.]+)(us|ms|s)", output).groups()
    return float(figure) * UNITS[unit]


def redis_with_value(field):
    redis = field.redis(unix=False, name="redis-server behind HTTP")
    subprocess.run(["redis-cli", "-p", str(redis.port), "set", "key", VALUE], check=True, stdout=subprocess.DEVNULL)
    return redis


def ocm(field):
    upstream, port = redis_with_value(field), contestants.free_port()
    command = [field.ocm, "serve", "--upstream", f"redis://127.0.0.1:{upstream.port}"]
    command += ["--redis-port", "0", "--port", str(port)]
    return start(field, OCM, command, port, "/api/cache/key/key", upstream)


def webdis(field, name=WEBDIS, threads=1):
    upstream, port = redis_with_value(field), contestants.free_port()
    configuration = {
        "redis_host": "127.0.0.1", "redis_port": upstream.port, "http_host": "127.0.0.1", "http_port": port,
        "threads": threads, "daemonize": False, "verbosity": 0, "logfile": "/dev/null", "acl": [{"disabled": ["DEBUG"]}],
    }
    path = field.directory / f"webdis-{port}.json"
    path.write_text(json.dumps(configuration), encoding="utf-8")
    return start(field, name, ["webdis", path], port, "/GET/key", upstream)


def webdis_2(field):
    return webdis(field, WEBDIS_2, threads=2)


def fastapi(field):
    install()
    upstream, port = redis_with_value(field), contestants.free_port()
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{upstream.port}"
    command = [ENVIRONMENT / "bin/uvicorn", "fastapi_app:app", "--app-dir", HERE, "--port", str(port), "--no-access-log"]
    command += ["--loop", "uvloop", "--http", "httptools", "--log-level", "error"]
    return start(field, FASTAPI, command, port, "/api/cache/key/key", upstream)


def start(field, *arguments):
    field.servers.append(HTTPServer(*arguments))
    return field.servers[-1]


def install():
    """What FastAPI needs, in a virtual environment of its own."""
    done = ENVIRONMENT / "requirements.txt"
    if done.exists() and done.read_text() == REQUIREMENTS.read_text():
        return
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", ENVIRONMENT], check=True)
    subprocess.run([ENVIRONMENT / "bin/pip", "install", "-q", "-r", REQUIREMENTS], check=True)
    done.write_text(REQUIREMENTS.read_text())
