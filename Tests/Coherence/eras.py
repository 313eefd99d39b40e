"""When what happens. Every process of a run reads the same clock, so they agree.

In the first part of each period databases are flushed and swapped, Redis restarts, feeds are cut: all of it empties
whole caches. In the rest of it what is cached stays there until its own key is invalidated, so that an invalidation
that was lost, or an entry that was kept in spite of something, has the time to show."""

PERIOD = 10.0
UPHEAVAL = 4.0
# Each worker is quiet at another time, so that the others go on meanwhile.
FIRST_QUIET = 5.5
NEXT_QUIET = 2.0


def upheaval(now):
    return now % PERIOD < UPHEAVAL


def swapping(now):
    """Swaps come first: a sidecar empties its cache at them, and so would undo the harm of a flush that it missed."""
    return now % PERIOD < UPHEAVAL / 2


def next_quiet(number, now):
    """When worker `number` has to be quiet the next time."""
    at = now - now % PERIOD + FIRST_QUIET + number * NEXT_QUIET
    return at if at > now else at + PERIOD
