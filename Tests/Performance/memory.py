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
import warm
from report import Bar, Report

OVERHEAD_BOUND = 80
PAYLOAD = 16 + load.VALUE_SIZE
COMPRESSION_BOUND = 2.5
COMPRESSION_LIMIT = 16 * 2**20


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
    """How many more documents fit."""
    report, entries = Report(), {}
    texts = documents.make(8 * COMPRESSION_LIMIT // documents.SIZE)
    with contestants.Field(options.ocm) as field:
        redis = field.redis(unix=False)
        with resp.Client(redis) as client:
            for start in range(0, len(texts), 100):
                part = enumerate(texts[start : start + 100], start)
                client.pipeline([(b"SET", resp.key(number), text) for number, text in part])
        for setting in ("off", "on"):
            flags = ["--memory-limit", f"{COMPRESSION_LIMIT}", "--compression", setting]
            server = field.caching(False, redis, f"ocm, compression {setting}", options=flags)
            # One by one, as slowly as an application: keys that come by in a rush and only once aren't kept.
            warm.read(server, range(len(texts)), batch=1)
            entries[setting] = server.cache_info()["entries"]
            with resp.Client(server) as client:
                for number in range(len(texts) - 1, 0, -max(1, len(texts) // 500)):
                    if client.pipeline([(b"GET", resp.key(number))]) != [texts[number]]:
                        raise SystemExit(f"document {number} came back changed with compression {setting}")
    deflated = documents.deflation(texts)
    report.say(
        f"{COMPRESSION_LIMIT // 2**20} MiB hold {entries['on']:,} JSON documents of {documents.SIZE} bytes with "
        f"compression and {entries['off']:,} without; zlib makes them {deflated:.2f} times smaller.\n"
    )
    measured = [(entries["on"] / max(entries["off"], 1), "")]
    report.bars.append(Bar("entries with compression : without", COMPRESSION_BOUND, measured))
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--ocm", default=root / ".build/release/ocm", type=pathlib.Path)
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
