"""Local images that take the place of the two from which the Dockerfile starts.

The runtime's is made by debootstrap, and left with what Debian's slim image has. The one to build in is that and the
packages that Swift wants; the machine's own toolchain is mounted into it, as it is too big to copy.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile

SLIM = "debian:bookworm-slim"
SWIFT = "swift:6.3-bookworm"
MIRROR = "http://deb.debian.org/debian"
TOOLCHAIN = "/opt/toolchain"
# What Debian's slim images leave out, besides the lists and archives of packages.
LEFT_OUT = ["usr/share/doc", "usr/share/info", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/linda"]
SWIFT_PACKAGES = """binutils ca-certificates gcc git libc6-dev libcurl4-openssl-dev libedit2 libncurses6 libsqlite3-0
    libstdc++-12-dev libxml2 libz3-4 tzdata""".split()


def make_slim(buildah):
    """Debian's packages without which nothing works, and no documents but the copyrights."""
    if buildah.has(SLIM):
        return
    print(f"making a local {SLIM}", flush=True)
    with tempfile.TemporaryDirectory(prefix="ocm-base-") as directory:
        root = pathlib.Path(directory) / "root"
        line = ["debootstrap", "--variant=minbase", "bookworm", root, MIRROR]
        if subprocess.run(line, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            raise SystemExit(f"debootstrap failed: is {MIRROR} within reach?")
        _slim(root)
        _import(buildah, root, SLIM)


def make_swift(buildah):
    """The same with what the Swift toolchain needs, and this machine's settings for apt and git."""
    if buildah.has(SWIFT):
        return
    print(f"making a local {SWIFT}", flush=True)
    container, root = buildah.root_of(SLIM)
    for name, text in {**_apt_settings(), "etc/gitconfig": _git_settings()}.items():
        (root / name).write_text(text, encoding="utf-8")
    command = f"apt-get -qq update && apt-get -qq install -y --no-install-recommends {' '.join(SWIFT_PACKAGES)} >/dev/null"
    environment = ["--env", "DEBIAN_FRONTEND=noninteractive"]
    buildah("run", "--isolation", "chroot", *environment, container, "--", "sh", "-c", command, show=True)
    path = f"{TOOLCHAIN}/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    buildah("config", "--env", f"PATH={path}", container)
    buildah("umount", container)
    buildah("commit", "--format", "docker", "--rm", container, SWIFT)


def mounts():
    """What of this machine is to be seen while the image is built: the toolchain, and local copies of repositories."""
    swift = shutil.which("swift")
    if swift is None:
        raise SystemExit("there is no swift in PATH")
    places = [(pathlib.Path(swift).resolve().parents[2], TOOLCHAIN)]
    places += [(pathlib.Path(path), path) for path in sorted({path for _, path in _rewritten_urls()}) if os.path.isdir(path)]
    return [f"--volume={here}:{there}:ro" for here, there in places]


def _slim(root):
    for name in LEFT_OUT:
        for path in sorted((root / name).rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.name != "copyright":
                path.unlink()
    for path in [*(root / "var/lib/apt/lists").glob("*"), *(root / "var/cache/apt").glob("*"), *(root / "var/log").glob("*")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, text in _apt_settings().items():
        (root / name).write_text(text, encoding="utf-8")


def _import(buildah, root, image):
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, root, "/")
    buildah("config", "--cmd", "bash", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", container)
    buildah("commit", "--format", "docker", "--rm", container, image)


def _apt_settings():
    """This machine's word on how old the lists of packages may be."""
    line = ["apt-config", "dump", "Acquire::Check-Valid-Until", "Acquire::Check-Date"]
    return {"etc/apt/apt.conf.d/90check": subprocess.run(line, capture_output=True, text=True, check=True).stdout}


def _rewritten_urls():
    """URLs for which git goes somewhere else on this machine, and where it goes."""
    line = ["git", "config", "--get-regexp", r"^url\..*\.insteadof$"]
    text = subprocess.run(line, capture_output=True, text=True, check=False).stdout
    return [(url, name[len("url.") : -len(".insteadof")]) for name, url in (line.split() for line in text.splitlines())]


def _git_settings():
    return "".join(f'[url "{place}"]\n\tinsteadOf = {url}\n' for url, place in _rewritten_urls()) + "[safe]\n\tdirectory = *\n"
