"""Celery's tasks, for the worker that runs them and the client that sends them over the Redis at REDIS_URL."""

import os

from celery import Celery

app = Celery("celery_app", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])


@app.task
def add(augend, addend):
    return augend + addend


@app.task
def total(numbers):
    return sum(numbers)


@app.task
def fail():
    raise ValueError("on purpose")
