"""The programs that the tests start: Redis, ocm, and the Prometheus that watches it."""

import json
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import redis
import yaml
from programs import ROOT, free_port, ocm_binary, wait_until

PROMETHEUS_FILES = ROOT / "docker/prometheus"


def get(url, **headers):
    """The answer to a request: status, headers, body. `Accept_Encoding` stands for that header."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=names), timeout=10) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


class Program:
    """A running program, whose log is kept."""

    def __init__(self, log_path, *command):
        self.log_path = log_path
        with open(log_path, "wb") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)

    @property
    def log(self):
        return self.log_path.read_text()

    @property
    def has_ended(self):
        return self.process.poll() is not None

    def stop(self):
        if not self.has_ended:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()


class Redis(Program):
    def __init__(self, directory):
        self.port = free_port()
        super().__init__(
            directory / "redis.log",
            *("redis-server", "--port", self.port, "--save", "", "--appendonly", "no", "--dir", directory),
        )
        wait_until("Redis is ready", lambda: "Ready to accept connections" in self.log or self.has_ended)

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"


class OCM(Program):
    def __init__(self, directory, *options):
        self.redis_port, self.rest_port = free_port(), free_port()
        super().__init__(
            directory / f"ocm-{self.rest_port}.log",
            *(ocm_binary(), "serve", "--redis-port", self.redis_port, "--port", self.rest_port, *options),
        )
        wait_until("ocm is ready", lambda: "is ready" in self.log or self.has_ended)
        assert not self.has_ended, self.log

    @property
    def address(self):
        return f"127.0.0.1:{self.rest_port}"

    def get(self, path, **headers):
        return get(f"http://{self.address}{path}", **headers)

    def page(self, **headers):
        status, _, body = self.get("/metrics", **headers)
        assert status == 200, body
        return body.decode()

    def client(self, **options):
        return redis.Redis(port=self.redis_port, **options)

    def wait_until_caching(self):
        wait_until("replies are cached", lambda: 'ocm_cache_state{state="on"} 1' in self.page())

    def stop(self):
        assert not self.has_ended, f"ocm ended by itself: {self.log}"
        assert super().stop() == 0, self.log


class Prometheus(Program):
    """A Prometheus with the repository's configuration, but in a hurry, and with `jobs` (name: options) for its one."""

    OWN_LABELS = ("__name__", "instance", "job")

    def __init__(self, directory, jobs):
        self.port = free_port()
        configuration = yaml.safe_load((PROMETHEUS_FILES / "prometheus.yml").read_text())
        configuration["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        configuration["rule_files"] = [str(PROMETHEUS_FILES / name) for name in configuration["rule_files"]]
        [template] = configuration["scrape_configs"]
        configuration["scrape_configs"] = [template | {"job_name": name} | options for name, options in jobs.items()]
        path = directory / "prometheus.yml"
        path.write_text(yaml.safe_dump(configuration))
        super().__init__(
            directory / "prometheus.log",
            *("prometheus", f"--config.file={path}", f"--storage.tsdb.path={directory / 'data'}"),
            f"--web.listen-address=127.0.0.1:{self.port}",
        )
        wait_until("Prometheus is ready", lambda: self.has_ended or self.is_ready())
        assert not self.has_ended, self.log

    def is_ready(self):
        try:
            return get(f"http://127.0.0.1:{self.port}/-/ready")[0] == 200
        except OSError:
            return False

    def ask(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        status, _, body = get(f"http://127.0.0.1:{self.port}/api/v1/{path}?{query}")
        answer = json.loads(body)
        assert status == 200 and answer["status"] == "success", answer
        return answer["data"]

    def values(self, expression):
        """What the expression gives now: values by the labels that ocm gave them."""
        values = {}
        for series in self.ask("query", query=expression)["result"]:
            labels = {name: value for name, value in series["metric"].items() if name not in self.OWN_LABELS}
            values[tuple(sorted(labels.items()))] = float(series["value"][1])
        return values

    def value(self, expression):
        """The one value that the expression gives now; None if there is none."""
        values = self.values(expression)
        assert len(values) <= 1, values
        return next(iter(values.values()), None)
