"""Celery and rq with real workers: job queues use a Redis in more ways at once than a client's own tests do."""

import contextlib
import operator
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from programs import wait_until
from redis import Redis
from rq import Queue, Worker
from rq.command import send_stop_job_command

SCRIPTS = pathlib.Path(__file__).parent / "scripts"
PROGRAMS = pathlib.Path(sys.executable).parent


@pytest.fixture
def url(port):
    return f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def worker(log_path, program, *arguments):
    """A worker that keeps running until it is asked to end, and ends well then."""
    with open(log_path, "wb") as log:
        command = [PROGRAMS / program, *arguments]
        process = subprocess.Popen(command, cwd=SCRIPTS, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
        assert process.poll() is None, f"it ended by itself: {log_path.read_text()}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, log_path.read_text()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_celery(url, run, tmp_path, monkeypatch):
    monkeypatch.setenv("REDIS_URL", url)
    with worker(tmp_path / "celery.log", "celery", "-A", "celery_app", "worker", "--concurrency", "2"):
        assert run(sys.executable, SCRIPTS / "celery_client.py") == "ok\n"
    with Redis.from_url(url) as client:
        assert client.llen("celery") == 0 and client.hlen("unacked") == 0


def test_rq_burst(url, run):
    with Redis.from_url(url) as client:
        queue = Queue(connection=client)
        jobs = [queue.enqueue(operator.add, number, 1) for number in range(50)]
        failing = queue.enqueue(operator.truediv, 1, 0)
        run(PROGRAMS / "rq", "worker", "--burst", "--url", url)
        assert [job.return_value() for job in jobs] == list(range(1, 51))
        assert failing.is_failed and "ZeroDivisionError" in failing.latest_result().exc_string
        assert queue.failed_job_registry.get_job_ids() == [failing.id] and queue.is_empty()


def test_rq_long_running(url, tmp_path):
    with Redis.from_url(url) as client, worker(tmp_path / "rq.log", "rq", "worker", "--url", url):

        def idle():
            return [found.get_state() for found in Worker.all(client)] == ["idle"]

        wait_until("the worker waits for jobs", idle)
        queue = Queue(connection=client)
        jobs = [queue.enqueue(operator.add, number, 1) for number in range(50)]
        assert [job.latest_result(timeout=20).return_value for job in jobs] == list(range(1, 51))
        sleeping = queue.enqueue(time.sleep, 40)
        wait_until("the job runs", lambda: sleeping.is_started)
        send_stop_job_command(client, sleeping.id)
        wait_until("the job is stopped", lambda: sleeping.is_stopped)
        wait_until("the worker waits for more", idle)
