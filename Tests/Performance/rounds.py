"""Rounds are interleaved: each one measures every contestant once, in turn, beginning with another one each time.

A figure is the median over the rounds of the ratio to another contestant in the same round, so that a machine that is
faster today doesn't count.
"""

import statistics


def interleaved(servers, rounds, measure):
    """The samples, which are dictionaries of figures, by server's name."""
    samples = {server.name: [] for server in servers}
    for number in range(rounds):
        turn = number % len(servers)
        for server in servers[turn:] + servers[:turn]:
            samples[server.name].append(measure(server))
    return samples


def ratio(samples, name, base, figure="speed"):
    pairs = [(a[figure], b[figure]) for a, b in zip(samples[name], samples[base], strict=True)]
    return statistics.median(a / b if b else float("inf") for a, b in pairs)


def median(samples, name, figure):
    """None if the server has no such figure."""
    values = [sample[figure] for sample in samples[name] if sample[figure] is not None]
    return statistics.median(values) if values else None
