#!/usr/bin/env python3
"""Builds the image from the Dockerfile as it is, and tries what comes of it, on a machine without a container engine.

Needs root, buildah, debootstrap and util-linux (`make image-check` installs them), redis-server, and a Swift toolchain.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import time

import bases
import checks
from buildah import Buildah
from container import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = "localhost/ocm:check"


def build(buildah):
    began = time.monotonic()
    bases.make_slim(buildah)
    bases.make_swift(buildah)
    revision = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    words = ["--build-arg", "VERSION=check", "--build-arg", f"REVISION={revision.stdout.strip() or 'unknown'}"]
    buildah.build(ROOT / "docker/Dockerfile", ROOT, NAME, *words, *bases.mounts())
    print(f"built in {time.monotonic() - began:.0f} s", flush=True)


def check(buildah):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    image = Image(buildah, NAME)
    try:
        for each in (checks.check_description, checks.check_serving, checks.check_draining, checks.check_memory):
            each(image)
    finally:
        buildah("umount", image.container)
        buildah("rm", image.container)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--storage", type=pathlib.Path, default=ROOT / ".build-image", help="where images are kept")
    parser.add_argument("--only-check", action="store_true", help="the image that was built before")
    options = parser.parse_args()
    if os.geteuid() != 0:
        raise SystemExit("this must be run as root: it mounts file systems and enters namespaces")
    buildah = Buildah(options.storage.resolve())
    if options.only_check:
        check(buildah)
        return
    options.storage.mkdir(exist_ok=True)
    build(buildah)
    # In a network of its own, where the ports that the image listens on are free.
    again = [sys.executable, __file__, "--only-check", "--storage", str(options.storage)]
    sys.exit(subprocess.run(["unshare", "--net", *again], check=False).returncode)


if __name__ == "__main__":
    main()
