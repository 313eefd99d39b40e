"""The command line: `cache-client`, or `python -m cache_client`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any

from . import __version__, calls
from .cli_streams import complain, discard_output, flush_output, print_json, print_line, print_value, read_argument
from .client import CacheClient
from .errors import CacheError
from .values import decode_json_exactly, parse_json

DEFAULT_URL = "http://localhost:8000"
SUCCESS, FAILURE, USAGE = 0, 1, 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a subcommand and returns the exit status: 0 found, 1 not found or failed, 2 called wrongly."""
    options = make_parser().parse_args(arguments)
    try:
        try:
            with CacheClient(options.url, options.token or None, options.timeout) as client:
                status: int = options.run(client, options)
                return status
        finally:
            flush_output()
    except CacheError as error:
        complain(error.message)
        return FAILURE
    except ValueError as error:
        complain(str(error))
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        discard_output()
        # Whoever closed a pipe has seen enough.
        if not isinstance(error, BrokenPipeError):
            complain(f"input or output failed: {error.strerror}")
        return FAILURE


def make_parser() -> argparse.ArgumentParser:
    """What can be typed. The options may stand before or behind the subcommand."""
    parser = argparse.ArgumentParser(
        "cache-client",
        description="Asks an ocm server over its REST API.",
        epilog="The status is 0 when something was found or done, 1 when not, 2 when the call is wrong.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    add_connection_options(parser, os.environ.get("OCM_URL") or DEFAULT_URL, os.environ.get("OCM_TOKEN"), 5.0)
    shared = argparse.ArgumentParser(add_help=False)
    add_connection_options(shared, *[argparse.SUPPRESS] * 3)
    commands = parser.add_subparsers(title="subcommands", metavar="SUBCOMMAND", required=True)

    def add(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, parents=[shared], help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("healthcheck", healthcheck, "how the server is; the status is 1 if it is unhealthy")
    add("stats", stats, "the server's statistics")
    add("keys", keys, "the keys, one a line").add_argument(
        "--pattern", help="those that begin with it, or match it if it has glob characters"
    )
    add("get", get, "a key's value as it is stored").add_argument("key", metavar="KEY", type=key)
    command = add("set", set_value, "store a value")
    command.add_argument("key", metavar="KEY", type=key)
    command.add_argument(
        "value", metavar="VALUE", help="stored as JSON if it is JSON, else as text; - stores what is piped in"
    )
    add_ttl(command)
    add("invalidate", invalidate, "remove a key; without one, every key").add_argument(
        "key", metavar="KEY", type=key, nargs="?"
    )
    add(
        "batch-get", batch_get, "the values of keys, as a JSON object; the status is 1 if one isn't there"
    ).add_argument("keys", metavar="KEY", type=key, nargs="+")
    command = add("batch-set", batch_set, "store many values; the status is 1 if one couldn't be stored")
    command.add_argument("items", metavar="JSON", help="an object of keys and values; - reads it from stdin")
    add_ttl(command)
    return parser


def add_connection_options(parser: argparse.ArgumentParser, url: str | None, token: str | None, timeout: Any) -> None:
    """Which server to ask, and how."""
    parser.add_argument("--url", default=url, help=f"the server's address (OCM_URL; {DEFAULT_URL})")
    parser.add_argument("--token", default=token, help="the server's token (OCM_TOKEN)")
    parser.add_argument("--timeout", type=float, default=timeout, metavar="SECONDS", help="how long it may take (5)")


def add_ttl(parser: argparse.ArgumentParser) -> None:
    """How long a value lives."""
    parser.add_argument("--ttl", type=seconds, metavar="SECONDS", help="how long it is kept; for good without it")


def key(text: str) -> str:
    """A key. The REST API has no place for one without characters: an empty variable would be one."""
    if not text:
        raise argparse.ArgumentTypeError("a key has at least one character")
    return text


def seconds(text: str) -> float:
    """A time to live, said in the request as it was typed."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def healthcheck(client: CacheClient, options: argparse.Namespace) -> int:
    """How the server is."""
    health = client.healthcheck()
    print_json(health)
    return FAILURE if health["status"] == "unhealthy" else SUCCESS


def stats(client: CacheClient, options: argparse.Namespace) -> int:
    """The server's statistics."""
    print_json(client.get_stats())
    return SUCCESS


def keys(client: CacheClient, options: argparse.Namespace) -> int:
    """The keys, as the pages come. Those that aren't UTF-8 are printed as they are."""
    seen = set()
    for name in client.iter_keys(options.pattern):
        if name not in seen:
            seen.add(name)
            print_line(name.encode("utf-8", "surrogateescape"))
    return SUCCESS


def get(client: CacheClient, options: argparse.Namespace) -> int:
    """A value, byte for byte, so that `get a | set b -` makes a copy."""
    value = client.get_bytes(options.key)
    if value is None:
        return not_found([options.key])
    print_value(value)
    return SUCCESS


def set_value(client: CacheClient, options: argparse.Namespace) -> int:
    """Stores a value: what is piped in as it is; what is typed, if it is JSON, as the server stores JSON."""
    content = read_argument(options.value)
    text = decode_text(content)
    if options.value != "-" and text is not None and is_json(text):
        client.set_json(options.key, text, options.ttl)
    else:
        client.set(options.key, content, options.ttl)
    return SUCCESS


def invalidate(client: CacheClient, options: argparse.Namespace) -> int:
    """Removes a key or all of them."""
    if options.key is None:
        client.invalidate()
    else:
        client.invalidate(options.key)
    return SUCCESS


def batch_get(client: CacheClient, options: argparse.Namespace) -> int:
    """The values of those keys that there are, numbers to the letter."""
    found = client.perform_all(calls.batch_get(options.keys, decode_json_exactly))
    print_json(found)
    missing = [key for key in options.keys if key not in found]
    return not_found(missing) if missing else SUCCESS


def batch_set(client: CacheClient, options: argparse.Namespace) -> int:
    """Stores many values, each to the letter."""
    text = decode_text(read_argument(options.items))
    if text is None:
        raise ValueError("the values must be JSON, and that is UTF-8")
    results = client.batch_set_json(text, options.ttl)
    print_json(results)
    return SUCCESS if all(results.values()) else FAILURE


def not_found(keys: list[str]) -> int:
    """Says which keys aren't there."""
    complain("there is no key " + ", ".join(ascii(key) for key in keys))
    return FAILURE


def is_json(text: str) -> bool:
    """Whether it is JSON."""
    try:
        parse_json(text)
    except ValueError:
        return False
    return True


def decode_text(content: bytes) -> str | None:
    """What it says; None if it isn't UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
