"""Sends Celery's worker each kind of work and checks the results; a program of its own, as results outlive a test."""

import time

import celery_app
from celery import chain, chord, group
from celery_app import add, fail, total

while not celery_app.app.control.ping(limit=1):
    pass
sums = [add.delay(number, 1) for number in range(200)]
asked_at = time.monotonic()
delayed = add.apply_async((1, 1), countdown=2)
assert [result.get(20) for result in sums] == list(range(1, 201))
assert chain(add.s(1, 2), add.s(3), add.s(4)).delay().get(20) == 10
assert group(add.s(number, number) for number in range(10)).delay().get(20) == list(range(0, 20, 2))
assert chord((add.s(number, number) for number in range(10)), total.s()).delay().get(20) == 90
try:
    fail.delay().get(20)
except ValueError as error:
    assert str(error) == "on purpose"
else:
    raise AssertionError("the failure got lost")
assert delayed.get(20) == 2 and time.monotonic() - asked_at >= 2
print("ok")
