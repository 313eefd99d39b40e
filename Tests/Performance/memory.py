#!/usr/bin/env python3
"""What the local cache costs in memory: for an entry, against its limit under churn, and with compression."""

import argparse
import pathlib
import sys

import churn
import contestants
import documents
import load
import resp
import rounds
import warm
from report import Bar, Report

OVERHEAD_BOUND = 80
PAYLOAD = 16 + load.VALUE_SIZE
COMPRESSION_BOUND = 2.5
COMPRESSION_LIMIT = 16 * 2**20
HOT_BOUND = 0.95
HOT_PIPELINE = 16
HOT_ROUNDS = 6


def add_arguments(parser):
    parser.add_argument("--entries", type=int, default=1_000_000, help="how many entries the overhead is measured with")
    parser.add_argument("--churn-seconds", type=float, default=60, help="how long the memory limit is put to the test")


def run(options):
    report = Report()
    report.add(overhead(options))
    report.add(limit(options))
    report.add(compression(options))
    return report


def overhead(options):
    """Resident memory for an entry, beyond its key and value."""
    report = Report()
    with contestants.Field(options.ocm) as field:
        redis = field.redis(unix=False)
        last = load.KEYS + options.entries
        load.populate(redis, last)
        server = field.caching(False, redis, options=["--memory-limit", "4gb", "--compression", "off"])
        # Whatever connections and buffers cost is there before the entries that count.
        warm.warm(server)
        load.generate(server, 16, 10_000, hot=100, first=0)
        before, resident = server.cache_info(), server.resident_memory()
        for _ in range(3):
            load.generate(server, 16, options.entries, hot=0, first=load.KEYS)
            after = server.cache_info()
            entries = after["entries"] - before["entries"]
            if entries >= options.entries:
                break
        grown = server.resident_memory() - resident
    if entries < options.entries * 0.99:
        raise SystemExit(f"only {entries:,} of {options.entries:,} keys are in the cache after three passes")
    accounted = (after["memory_used"] - before["memory_used"]) / entries - PAYLOAD
    report.say(f"{entries:,} entries of {PAYLOAD} bytes: {grown / 1e6:.0f} MB resident.\n")
    measured = [(grown / entries - PAYLOAD, "")]
    remark = f"its own accounts say {accounted:.1f} B"
    report.bars.append(Bar("overhead of an entry", OVERHEAD_BOUND, measured, at_least=False, unit=" B", remark=remark))
    return report


def limit(options):
    """The highest resident memory in each phase of a churn."""
    report, rows = Report(), []
    with contestants.Field(options.ocm) as field:
        redis = field.redis(unix=False)
        server = field.caching(False, redis, options=["--memory-limit", f"{churn.LIMIT}"])
        server.peak_resident_memory()
        peaks = []
        for phase in churn.PHASES:
            reads = churn.run(phase, server, redis, options.churn_seconds / len(churn.PHASES))
            peak, cache = server.peak_resident_memory(), server.cache_info()
            peaks.append((peak / 2**20, phase.name))
            used = cache["memory_used"] / cache["memory_limit"]
            rows.append([phase.name, f"{reads:,}", f"{cache['entries']:,}", f"{used:.0%}", f"{peak / 2**20:.0f}"])
    bound = (1.15 * churn.LIMIT + 40e6) / 2**20
    header = ["phase", "reads", "entries at its end", "of the limit used", f"highest RSS, MiB (bound {bound:.0f})"]
    report.table(header, rows)
    name = f"resident memory, limit {churn.LIMIT // 2**20} MiB"
    report.bars.append(Bar(name, round(bound), peaks, at_least=False, unit=" MiB"))
    return report


def compression(options):
    """How many more documents fit, and what that costs those who read other keys."""
    report, servers, entries = Report(), {}, {}
    texts = documents.make(8 * COMPRESSION_LIMIT // documents.SIZE)
    numbers = range(load.KEYS, load.KEYS + len(texts))
    with contestants.Field(options.ocm) as field:
        redis = field.redis(unix=False)
        load.populate(redis, load.KEYS)
        with resp.Client(redis) as client:
            for start in range(0, len(texts), 100):
                part = zip(numbers[start : start + 100], texts[start : start + 100], strict=True)
                client.pipeline([(b"SET", resp.key(number), text) for number, text in part])
        for setting in ("off", "on"):
            flags = ["--memory-limit", f"{COMPRESSION_LIMIT}", "--compression", setting]
            server = field.caching(False, redis, f"ocm, compression {setting}", options=flags)
            # One by one, as slowly as an application: keys that come by in a rush and only once aren't kept.
            warm.read(server, numbers, batch=1)
            servers[setting], entries[setting] = server, server.cache_info()["entries"]
            with resp.Client(server) as client:
                for index in range(len(texts) - 1, 0, -max(1, len(texts) // 500)):
                    if client.pipeline([(b"GET", resp.key(numbers[index]))]) != [texts[index]]:
                        raise SystemExit(f"document {index} came back changed with compression {setting}")
        hot = hot_keys(report, servers["on"], servers["off"], options)
    deflated = documents.deflation(texts)
    report.say(
        f"{COMPRESSION_LIMIT // 2**20} MiB hold {entries['on']:,} JSON documents of {documents.SIZE} bytes with "
        f"compression and {entries['off']:,} without; zlib makes them {deflated:.2f} times smaller.\n"
    )
    measured = [(entries["on"] / max(entries["off"], 1), "")]
    report.bars += [Bar("entries with compression : without", COMPRESSION_BOUND, measured), hot]
    return report


def hot_keys(report, compressing, plain, options):
    """How fast hot keys are read from a cache that is full, most of it compressed. The two are nearly the same, so it takes
    more rounds than usual to tell them apart, each of which is shorter."""
    for server in (compressing, plain):
        warm.warm(server)
    generator = load.LeanGenerator()
    requests = load.requests_for(generator, plain, HOT_PIPELINE, options.seconds / HOT_ROUNDS)
    samples = rounds.interleaved(
        [compressing, plain],
        options.rounds * HOT_ROUNDS,
        lambda server: load.sample(generator, server, HOT_PIPELINE, requests),
    )
    report.samples["memory, hits beside compressed entries"] = samples
    compressed = compressing.cache_info()["compressed_entries"]
    if compressed == 0:
        raise SystemExit("nothing is compressed")
    measured = [(rounds.ratio(samples, compressing.name, plain.name), "")]
    remark = f"beside {compressed:,} compressed entries, pipeline {HOT_PIPELINE}"
    return Bar("hits on hot keys with compression : without", HOT_BOUND, measured, remark=remark)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--ocm", default=root / ".build/release/ocm", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.8, help="how long a measurement takes, about")
    add_arguments(parser)
    options = parser.parse_args()
    options.ocm = options.ocm.resolve()
    contestants.install_packages()
    report = run(options)
    report.print_tables()
    report.print_bars()
    return 1 if report.falls_short else 0


if __name__ == "__main__":
    sys.exit(main())
