"""Puts a cache's memory limit to the test: phases of reads through it and writes beside it, of values of many sizes."""

import dataclasses
import os
import random
import time

import resp

LIMIT = 100 * 2**20
BATCH_BYTES = 2 * 2**20
BATCH_KEYS = 500
NOISE = os.urandom(2 * 2**20)
# What zlib makes something of.
PROSE = b"a value of many words, all of which the others have as well; " * (len(NOISE) // 60)


@dataclasses.dataclass
class Phase:
    """Keys are read in sequence, again and again; all their values together are a multiple of the limit.

    `overwrites` is the share of keys that get a new value, of another size, while they are cached; `expiry` is the
    range of times to live in ms.
    """

    name: str
    keys: int
    smallest: int
    largest: int
    overwrites: float = 0
    expiry: tuple = None

    def size(self):
        """Every order of magnitude is as likely as the others."""
        return int(self.smallest * (self.largest / self.smallest) ** random.random())

    def set(self, number):
        size = self.size()
        source = PROSE if number % 2 else NOISE
        start = random.randrange(len(source) - size)
        command = (b"SET", self.key(number), source[start : start + size])
        return (*command, b"PX", b"%d" % random.randint(*self.expiry)) if self.expiry else command

    def key(self, number):
        return b"%s:%d" % (self.name.encode(), number)


PHASES = [
    Phase("small", 3_000_000, 1, 100),
    Phase("mixed", 5_000, 1, 2**20),
    Phase("large", 1_000, 2**16, 2**20),
    Phase("small again", 3_000_000, 1, 100),
    Phase("invalidation", 30_000, 1, 2**16, overwrites=0.3),
    Phase("expiry", 10_000, 1, 2**17, expiry=(20, 1000)),
]


def run(phase, server, redis, seconds):
    """Returns how many keys were read."""
    random.seed(phase.name)
    mean = sum(phase.size() for _ in range(1000)) // 1000
    batch = max(2, min(BATCH_KEYS, BATCH_BYTES // max(mean, 1)))
    written, start, reads = 0, 0, 0
    deadline = time.monotonic() + seconds
    with resp.Client(server) as reader, resp.Client(redis) as writer:
        while time.monotonic() < deadline:
            numbers = range(start, min(start + batch, phase.keys))
            start = numbers.stop % phase.keys
            if numbers.stop > written or phase.expiry:
                writer.pipeline([phase.set(number) for number in numbers])
                written = max(written, numbers.stop)
            # A miss, then most likely a hit; what was read some time ago is overwritten.
            for _ in range(2):
                reader.pipeline([(b"GET", phase.key(number)) for number in numbers])
                reads += len(numbers)
            changed = [random.randrange(written) for _ in range(int(len(numbers) * phase.overwrites))]
            writer.pipeline([phase.set(number) for number in changed])
    return reads
