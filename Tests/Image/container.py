"""Runs the image's root filesystem as a container would: in namespaces of its own, read-only, not as root."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time

# The root is mounted upon itself, so that it can be made read-only; the kernel's file systems are what a container sees, and
# the names of hosts come from the engine.
MOUNTS = """
set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount --rbind /sys "$ROOT/sys"
mount --rbind /dev "$ROOT/dev"
touch "$ROOT/etc/hosts"
mount --bind /etc/hosts "$ROOT/etc/hosts"
mount -o remount,ro,bind "$ROOT"
mount -t proc proc "$ROOT/proc"
chroot=$(command -v chroot)
exec setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid \
    env -i $VARIABLES "$chroot" --userspec="$OWNER" --groups= "$ROOT" "$@"
"""


class Image:
    """What the Dockerfile has said of the image, and where its root is."""

    def __init__(self, buildah, name):
        self.container, self.root = buildah.root_of(name)
        self.description = json.loads(buildah("inspect", "--type", "image", name))
        self.config = self.description["Docker"]["config"]
        self.user = self.config["User"]
        self.command = [*self.config["Entrypoint"], *self.config["Cmd"]]

    def size(self):
        """Bytes of all files, each counted once."""
        files = {}
        for directory, _, names in os.walk(self.root):
            for name in names:
                status = os.lstat(os.path.join(directory, name))
                files[status.st_ino] = status.st_size
        return sum(files.values())


class Container:
    """A process of the image, and those that are started beside it."""

    def __init__(self, image, variables, command=None, cgroup=None):
        self.log = tempfile.NamedTemporaryFile("w+", prefix="ocm-container-", suffix=".log")
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-c", MOUNTS, "ocm"]
            + (command or image.command),
            env={
                "PATH": os.environ["PATH"],
                "ROOT": str(image.root),
                "OWNER": image.user,
                "VARIABLES": " ".join(f"{name}={value}" for name, value in variables.items()),
            },
            stdout=self.log,
            stderr=self.log,
            preexec_fn=(lambda: (cgroup / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")) if cgroup else None,
        )

    def output(self):
        """What it has said so far."""
        return pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def pid(self):
        """The process that is number 1 in there, as it is seen from here."""
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return int(children[0])

    def status(self, field):
        """A line of what the kernel says of the process."""
        text = pathlib.Path(f"/proc/{self.pid()}/status").read_text(encoding="ascii")
        return next(line.split(":", 1)[1].split() for line in text.splitlines() if line.startswith(f"{field}:"))

    def root_mount(self):
        """How its root is mounted."""
        lines = pathlib.Path(f"/proc/{self.pid()}/mounts").read_text(encoding="utf-8").splitlines()
        return next(words[3].split(",") for words in map(str.split, lines) if words[1] == "/")

    def wait_until_ready(self):
        deadline = time.monotonic() + 30
        while "is ready" not in self.output():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the container isn't ready:\n{self.output()}")
            time.sleep(0.05)

    def terminate(self):
        """Sends what the image says it is stopped with."""
        os.kill(self.pid(), signal.SIGTERM)

    def wait(self):
        return self.process.wait(30)

    def kill(self):
        """Ends it, if it hasn't ended; returns when it is gone."""
        if self.process.poll() is None:
            with contextlib.suppress(IndexError, ProcessLookupError):
                os.kill(self.pid(), signal.SIGKILL)
            self.wait()
        self.log.close()


@contextlib.contextmanager
def running(image, variables, **options):
    """A container that serves while the context lasts."""
    container = Container(image, variables, **options)
    try:
        container.wait_until_ready()
        yield container
    finally:
        container.kill()
