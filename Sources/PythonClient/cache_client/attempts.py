"""How long a call may take, and how often it is tried."""

from __future__ import annotations

import random
import time

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
LONGEST_TIMEOUT = 1e6
"""Seconds, 11 days: a socket can't be told of many more."""


class Attempts:
    """The time and the tries that are left to one call."""

    def __init__(self, timeout: float, retries: int) -> None:
        self._deadline = time.monotonic() + min(timeout, LONGEST_TIMEOUT)
        self._retries = retries
        self._pause = FIRST_PAUSE

    def remaining(self) -> float:
        """The seconds left; never quite none, which would mean something else to a socket."""
        return max(self._deadline - time.monotonic(), 0.001)

    def is_over(self) -> bool:
        """Whether there is no time left."""
        return time.monotonic() >= self._deadline

    def pause(self) -> float | None:
        """How long to wait before the next try: longer each time, and never just as long as others wait.

        None if there is to be no other.
        """
        if self._retries <= 0:
            return None
        self._retries -= 1
        pause = self._pause * random.uniform(0.5, 1)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        return pause if pause < self.remaining() else None
