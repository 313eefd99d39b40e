"""Redis's own source package, as Debian has it: the test suite is part of it."""

import os
import pathlib
import re
import shutil
import subprocess

UPSTREAM_VERSION = "7.0.15"
TOOLS = ["redis-server", "redis-cli", "redis-benchmark"]
PACKAGES = {"redis-server": "redis-server", "redis-cli": "redis-tools", "tclsh": "tcl", "dpkg-source": "dpkg-dev"}


def install_packages():
    """Installs those Debian packages that are missing."""
    missing = sorted({package for tool, package in PACKAGES.items() if not shutil.which(tool)})
    if not missing:
        return
    print(f"installing {' '.join(missing)}", flush=True)
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    subprocess.run([*sudo, "apt-get", "-qq", "update"], check=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = [*sudo, "apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def source_entries(text):
    """The lines of an apt source list, or a deb822 stanza, made to name source packages instead of binary ones."""
    text = re.sub(r"^Types:.*$", "Types: deb-src", text, flags=re.MULTILINE)
    return re.sub(r"^deb(-src)?(\s)", r"deb-src\2", text, flags=re.MULTILINE)


def write_sources(directory):
    """Writes source lists of our own into `directory`, from the machine's: same servers, same keys."""
    directory.mkdir(parents=True, exist_ok=True)
    apt = pathlib.Path("/etc/apt")
    for original in [apt / "sources.list", *apt.glob("sources.list.d/*.sources"), *apt.glob("sources.list.d/*.list")]:
        if original.exists() and "debian" in (text := original.read_text()).lower():
            name = original.name if original.suffix == ".sources" else original.stem + ".list"
            (directory / name).write_text(source_entries(text))


def fetch(cache):
    """Returns the directory of the unpacked source, fetched into `cache` unless it is there already."""
    tree = cache / f"redis-{UPSTREAM_VERSION}"
    if not (tree / "runtest").exists():
        cache.mkdir(parents=True, exist_ok=True)
        print(f"fetching the source package of Debian's redis {UPSTREAM_VERSION}", flush=True)
        state = cache / "apt"
        write_sources(state / "sources")
        for directory in ["lists/partial", "archives/partial"]:
            (state / directory).mkdir(parents=True, exist_ok=True)
        options = {
            "Dir::Etc::SourceList": "/dev/null",
            "Dir::Etc::SourceParts": state / "sources",
            "Dir::State::Lists": state / "lists",
            "Dir::Cache": state,
            "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        }
        apt = ["apt-get", "-qq", *[word for item in options.items() for word in ("-o", f"{item[0]}={item[1]}")]]
        subprocess.run([*apt, "update"], check=True)
        subprocess.run([*apt, "source", "redis"], check=True, cwd=cache, stdout=subprocess.DEVNULL)
        if not (tree / "runtest").exists():
            raise SystemExit(f"Debian's redis is no longer {UPSTREAM_VERSION}: the baseline must be made anew")
    for tool in TOOLS:
        link = tree / "src" / tool
        if not link.exists():
            link.symlink_to(shutil.which(tool))
    return tree


CONNECTED = "    set ::redis::readraw($id) $readraw\n"
SPEAK_RESP3 = """    set ::redis::readraw($id) 0
    puts -nonewline $fd "HELLO 3\\r\\n"
    flush $fd
    catch {::redis::redis_read_reply $id $fd}
"""


def with_resp3(tree):
    """Returns a copy of the source whose suite begins each connection with HELLO 3."""
    copy = tree.with_name(f"{tree.name}-resp3")
    client = copy / "tests/support/redis.tcl"
    if not copy.exists():
        shutil.copytree(tree, copy, symlinks=True)
        text = client.read_text(encoding="utf-8")
        if text.count(CONNECTED) != 1:
            raise SystemExit(f"{client} is not as it was: the place to say HELLO 3 is not there")
        client.write_text(text.replace(CONNECTED, SPEAK_RESP3 + CONNECTED), encoding="utf-8")
    return copy
