#!/usr/bin/env python3
"""An application, its sidecar and Redis, run as the files under docker/ say, in the namespaces of this process.

`unshare --net --pid --fork --kill-child` gives it its own, in which the ports that the files name are free. It reads a
description from its standard input, as JSON, prints what the application says, and ends when that has said so many lines:
with the status of the sidecar, which is drained then.
"""

import json
import subprocess
import sys
import tempfile
import time


def wait_for(command, environment):
    """Until a health check is through."""
    deadline = time.monotonic() + 20
    while subprocess.run(command, env=environment, capture_output=True, check=False).returncode != 0:
        if time.monotonic() > deadline:
            sys.exit(f"{command} failed for 20 s")
        time.sleep(0.1)


def main():
    pod = json.load(sys.stdin)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    environments = {name: {"PATH": "/usr/bin:/bin", **values} for name, values in pod["environment"].items()}
    with tempfile.TemporaryDirectory(prefix="ocm-pod-") as directory:
        redis = subprocess.Popen(pod["redis"], cwd=directory, env=environments["redis"], stdout=subprocess.DEVNULL)
        wait_for(pod["redis_check"], environments["redis"])
        ocm = subprocess.Popen(pod["ocm"], env=environments["ocm"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for check in pod["ocm_checks"]:
            wait_for(check, environments["ocm"])
        app = subprocess.Popen(pod["app"], env=environments["app"], stdout=subprocess.PIPE, text=True)
        for _ in range(pod["lines"]):
            print(app.stdout.readline(), end="", flush=True)
        app.kill()
        ocm.terminate()
        status = ocm.wait(20)
        redis.terminate()
        redis.wait(20)
    sys.exit(status)


if __name__ == "__main__":
    main()
