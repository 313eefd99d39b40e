#!/usr/bin/env python3
"""ocm beside Redis and other proxies: redis-benchmark with 50 clients and values of 64 bytes.

Rounds are interleaved: each one measures every contestant once, in turn. A figure is the median over the rounds of the
ratio to redis-server itself in the same round, so that a machine that is faster today doesn't count.
"""

import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys

import contestants
import idle
import load

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIPELINES = [1, 16, 64]
COMMANDS = ["set", "get"]
BARS = {"ocm, forwarding": {1: 0.75, 16: 0.75, 64: 0.9}, "ocm, embedded store": {1: 0.95, 16: 1.3, 64: 1.8}}
IDLE_BAR = 100 * 1024 * 1024


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ocm", default=ROOT / ".build/release/ocm", type=pathlib.Path, help="the binary")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="how long a measurement takes, about")
    parser.add_argument("--pipelines", type=int, nargs="+", default=PIPELINES)
    parser.add_argument("--transports", nargs="+", choices=["tcp", "unix"], default=["tcp", "unix"])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only contestants whose name contains one of these")
    parser.add_argument("--json", type=pathlib.Path, help="write every sample to this file")
    parser.add_argument("--check", action="store_true", help="fail when a figure falls short of what it should be")
    return parser.parse_args()


def measure(field, options, unix):
    """All samples over one transport, by contestant and (command, pipeline)."""
    servers = [start(field, unix) for start in contestants.ALL]
    if options.only:
        servers = [servers[0], *(s for s in servers[1:] if any(part in s.name for part in options.only))]
    samples = {server.name: {} for server in servers}
    for pipeline in options.pipelines:
        for command in COMMANDS:
            cell = (command, pipeline)
            requests = {}
            for server in servers:
                speed = load.requests_per_second(server, "set", pipeline, 10_000 * min(pipeline, 16))
                requests[server.name] = max(10_000, int(speed * options.seconds))
                samples[server.name][cell] = []
            for number in range(options.rounds):
                turn = number % len(servers)
                for server in servers[turn:] + servers[:turn]:
                    sample = load.sample(server, command, pipeline, requests[server.name])
                    samples[server.name][cell].append(sample)
            print(f"  {'unix socket' if unix else 'TCP'}, {command.upper()}, pipeline {pipeline}: done", flush=True)
    memory = {server.name: server.resident_memory() for server in servers}
    return samples, memory


def ratio(samples, name, cell):
    direct = next(iter(samples.values()))
    return statistics.median(s["speed"] / d["speed"] for s, d in zip(samples[name][cell], direct[cell], strict=True))


def table(samples, memory, transport, pipelines):
    """The figures as Markdown, and a sentence for each that falls short."""
    cells = [(command, pipeline) for pipeline in pipelines for command in COMMANDS]
    lines = [f"| {transport} | " + " | ".join(f"{c.upper()}, P {p}" for c, p in cells) + " | µs/cmd at P 16 | MB |"]
    lines.append("|---" * (len(cells) + 3) + "|")
    shortfalls = []
    for index, name in enumerate(samples):
        row = []
        for cell in cells:
            speed = statistics.median(sample["speed"] for sample in samples[name][cell])
            value = ratio(samples, name, cell)
            row.append(f"{speed / 1000:.0f} k/s" if index == 0 else f"{value:.2f}")
            bar = BARS.get(name, {}).get(cell[1], 0)
            peers = [peer for peer in samples if peer in ("twemproxy", "HAProxy") and name == "ocm, forwarding"]
            best_peer = max((ratio(samples, peer, cell) for peer in peers), default=0)
            if value < max(bar, best_peer):
                shortfalls.append(f"{name}, {transport}, {cell}: {value:.2f}, should be {max(bar, best_peer):.2f}")
        costs = [sample["cpu"] for c in COMMANDS for sample in samples[name].get((c, 16), [])]
        cpu = f"{statistics.median(costs):.2f}" if costs else ""
        lines.append(f"| {name} | " + " | ".join(row) + f" | {cpu} | {memory[name] / 1e6:.0f} |")
    return lines, shortfalls


def machine():
    model = next(
        (line.partition(":")[2].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if "model name" in line), ""
    )
    count = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{model or platform.machine()}, {count} CPUs, Linux {platform.release()}"


def main():
    options = arguments()
    contestants.install_packages()
    report, shortfalls, raw = [], [], {}
    for transport in options.transports:
        field = contestants.Field(options.ocm.resolve())
        try:
            samples, memory = measure(field, options, unix=transport == "unix")
        finally:
            field.stop()
        name = {"tcp": "TCP", "unix": "unix socket"}[transport]
        lines, missed = table(samples, memory, name, options.pipelines)
        report += [*lines, ""]
        shortfalls += missed
        raw[name] = {n: {f"{c} {p}": v for (c, p), v in cells.items()} for n, cells in samples.items()}
    field = contestants.Field(options.ocm.resolve())
    try:
        grown = idle.memory_of_idle_connections(field.forwarding(unix=False))
    finally:
        field.stop()
    print(f"\n`make bench` on {machine()}; ratios to redis-server, medians of {options.rounds} rounds:\n")
    print("\n".join(report))
    print(f"{idle.CONNECTIONS:,} idle connections: {grown / 1e6:.0f} MB")
    if grown >= IDLE_BAR:
        shortfalls.append(f"idle connections: {grown / 1e6:.0f} MB, should be under {IDLE_BAR / 1e6:.0f} MB")
    if options.json:
        options.json.write_text(json.dumps(raw, indent=1), encoding="utf-8")
    for line in shortfalls:
        print(f"falls short: {line}")
    return 1 if options.check and shortfalls else 0


if __name__ == "__main__":
    sys.exit(main())
