#!/usr/bin/env python3
"""ocm beside Redis and other proxies, in parts; see each part's module for what it measures.

All but the memory is compared with redis-server in the same run, in interleaved rounds; figures are medians. At the
end every figure that has a bar to reach is printed with it.
"""

import argparse
import json
import pathlib
import platform
import subprocess
import sys
import time

import contestants
import hits
import idle
import latency
import memory
import misses
import proxies
import rest
from report import Report

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = {"proxies": proxies, "hits": hits, "misses": misses, "latency": latency, "idle": idle, "rest": rest, "memory": memory}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ocm", default=ROOT / ".build/release/ocm", type=pathlib.Path, help="the binary")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.8, help="how long a measurement takes, about")
    parser.add_argument("--pipelines", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--transports", nargs="+", choices=["tcp", "unix"], default=["tcp", "unix"])
    parser.add_argument("--contestants", nargs="+", metavar="NAME", help="proxies, by parts of their names")
    parser.add_argument("--json", type=pathlib.Path, help="write every sample to this file")
    parser.add_argument("--check", action="store_true", help="fail when a figure falls short of its bar")
    memory.add_arguments(parser)
    return parser.parse_args()


def machine():
    model = next(
        (line.partition(":")[2].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if "model name" in line), ""
    )
    count = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{model or platform.machine()}, {count} CPUs, Linux {platform.release()}"


def main():
    options = arguments()
    options.ocm = options.ocm.resolve()
    contestants.install_packages()
    report = Report()
    print(f"\n`make bench` on {machine()}; ratios to redis-server, medians of {options.rounds} rounds:\n", flush=True)
    for name in options.only:
        start = time.monotonic()
        part = PARTS[name].run(options)
        part.print_tables()
        report.add(part)
        print(f"({name}: {time.monotonic() - start:.0f} s)\n", flush=True)
    report.print_bars()
    if options.json:
        options.json.write_text(json.dumps(report.samples, indent=1), encoding="utf-8")
    return 1 if options.check and report.falls_short else 0


if __name__ == "__main__":
    sys.exit(main())
