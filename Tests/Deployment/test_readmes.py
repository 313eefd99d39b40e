"""What the READMEs say to type works as they say, and the Japanese one says what the English one does."""

import contextlib
import re
import subprocess

import pytest
from cluster import OCM, Server, listens
from programs import ROOT, free_port, wait_until

ENGLISH, JAPANESE = ROOT / "README.md", ROOT / "README.ja.md"


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def section(text, title):
    """From a heading to the next of its level; the first screen, which has none, with an empty title."""
    if not title:
        return text.split("\n## ")[0]
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def steps(block):
    """Each command of a console, and what it prints."""
    for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = step.partition("\n")
        yield command, output.strip()


@contextlib.contextmanager
def serving(directory):
    """ocm before an empty Redis, on other ports than usual: how a command must be changed for it."""
    redis = Server("redis", directory, port := free_port(), ["redis-server", "--port", str(port), "--save", ""])
    redis_port, http_port = free_port(), free_port()
    command = [OCM, "serve", "--upstream", f"redis://127.0.0.1:{port}"]
    ocm = Server("ocm", directory, redis_port, [*command, "--redis-port", str(redis_port), "--port", str(http_port)])
    try:
        redis.start()
        ocm.start()
        wait_until("ocm listens for HTTP", lambda: listens(http_port))
        wait_until("ocm caches", lambda: "the invalidation feed is up" in ocm.log.read_text(encoding="utf-8"))
        # On a terminal redis-cli quotes strings, and curl shows a meter only where it writes to no terminal.
        yield lambda command: (
            command.replace("-p 6380", f"-p {redis_port}")
            .replace("localhost:8000", f"localhost:{http_port}")
            .replace("redis-cli", "redis-cli --no-raw")
            .replace("curl ", "curl -sS ")
        )
    finally:
        ocm.stop()
        redis.stop()


def run(command):
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("path", [ENGLISH, JAPANESE], ids=lambda path: path.name)
def test_consoles_show_what_is_printed(path, tmp_path):
    found = [block for block in blocks(path.read_text(encoding="utf-8"), "console") if "6380" in block or "8000" in block]
    assert found
    with serving(tmp_path) as adapted:
        for command, expected in (step for block in found for step in steps(block)):
            result = run(adapted(command))
            pattern = ".*".join(re.escape(part) for part in expected.split("…"))
            assert re.fullmatch(pattern, result.stdout.strip(), re.DOTALL), f"{command}\n{result.stdout}{result.stderr}"


@pytest.mark.parametrize("path", [ENGLISH, JAPANESE], ids=lambda path: path.name)
def test_the_first_screens_commands_work(path, tmp_path):
    commands = "".join(blocks(section(path.read_text(encoding="utf-8"), ""), "sh")).splitlines()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    printed = ""
    with serving(tmp_path) as adapted:
        for command in commands:
            if command.startswith("make "):
                assert command.split()[1] in targets
            else:
                printed += run(adapted(command)).stdout
    assert '"value":"hello"' in printed


def test_files_and_targets_that_the_readmes_name_are_there():
    for path in (ENGLISH, JAPANESE):
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            assert target.startswith("https://") or (ROOT / target).exists(), target
        for block in blocks(text, "sh"):
            for name in re.findall(r"\b(?:docker|Tests|Sources)/[\w./-]+", block):
                assert (ROOT / name).exists(), name


def test_the_japanese_readme_is_in_step():
    english, japanese = (path.read_text(encoding="utf-8") for path in (ENGLISH, JAPANESE))
    for theirs, ours in {"": "", "The REST API": "REST API"}.items():
        for language in ("sh", "console"):
            assert blocks(section(english, theirs), language) == blocks(section(japanese, ours), language)
    requests = [re.findall(r"^\| (`[A-Z]+ /.*?`) \|", section(*each), re.MULTILINE) for each in (
        (english, "The REST API"),
        (japanese, "REST API"),
    )]  # fmt: skip
    assert requests[0] == requests[1] != []
