"""Everything that can be asked of the server. Nothing here touches a socket: both clients share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from .errors import CacheError
from .messages import Call, EveryKey, Request, Response
from .values import (
    decode_json,
    decode_key,
    decode_value,
    encode_json,
    failure,
    foreign,
    member,
    optional,
    parse_json,
    read_object,
    read_success,
    unreadable,
)

BATCH_KEYS = 10_000
"""The server takes no more keys than these in a batch."""
BATCH_BYTES = 4 << 20
"""Batches are cut at this size: far below what the server takes in one request by default, 16 MB."""
TOO_LARGE = 413
OUT_OF_MEMORY = 507
STATES = ("healthy", "degraded", "unhealthy")
BYTES = "application/octet-stream"
"""The type of a value that is sent as it is stored."""

BINARY = (bytes, bytearray, memoryview)


class KeysPage(NamedTuple):
    """Some of the keys, and where the others go on."""

    keys: list[str]
    cursor: str | None


def healthcheck() -> Call[dict[str, Any]]:
    """How the server is. That it is unhealthy is an answer, too."""

    def read(response: Response) -> dict[str, Any]:
        content = read_object(response)
        if content.get("status") not in STATES:
            raise unreadable(response, foreign('its "status" says nothing of health'))
        return content

    return Call(Request("GET", "/api/healthcheck"), read)


def get_stats() -> Call[dict[str, Any]]:
    """The server's statistics."""

    def read(response: Response) -> dict[str, Any]:
        content = read_success(response)
        member(content, "memory_limit_bytes", int)
        return content

    return Call(Request("GET", "/api/cache/stats"), read)


def get(key: str, default: Any) -> Call[Any]:
    """A key's value."""

    def read(response: Response) -> Any:
        if is_missing(response):
            return default
        content = read_success(response)
        if content.get("found") is not True or "value" not in content:
            raise foreign("there is no value in it")
        return decode_value(content["value"], content.get("encoding"))

    return Call(Request("GET", key_path(key)), read)


def get_bytes(key: str) -> Call[bytes | None]:
    """A key's value, as it is stored."""

    def read(response: Response) -> bytes | None:
        if is_missing(response):
            return None
        if response.status != 200:
            raise failure(response)
        # Whoever knows nothing of keys may answer everything with a page.
        if response.content_type != BYTES:
            raise foreign(f"it is of the type {response.content_type!r}")
        return response.body

    return Call(Request("GET", key_path(key), accept=BYTES), read)


def set_value(key: str, value: Any, ttl: float | None) -> Call[bool]:
    """Stores a value."""
    if not isinstance(value, BINARY):
        return set_member(key, encode_json(value), ttl)
    query = "" if ttl is None else "?ttl=" + quote(encode_json(ttl))
    request = Request("PUT", key_path(key) + query, bytes(value), content_type=BYTES)
    return Call(request, read_stored)


def set_json(key: str, text: str, ttl: float | None) -> Call[bool]:
    """Stores a value that is JSON already, to the letter. Raises ValueError if it isn't."""
    parse_json(text)
    return set_member(key, text.encode(), ttl)


def set_member(key: str, text: bytes, ttl: float | None) -> Call[bool]:
    """Stores a value that is known to be JSON."""
    return Call(Request("POST", key_path(key), b'{"value":' + text + ttl_member(ttl) + b"}"), read_stored)


def invalidate(key: str | EveryKey) -> Call[bool]:
    """Removes a key, or all of them."""
    path = "/api/cache/invalidate-all" if key is EveryKey.EVERY_KEY else key_path(key)
    return Call(Request("DELETE", path), read_invalidated)


def keys_page(pattern: str | None, cursor: str | None) -> Call[KeysPage]:
    """The keys from a cursor on."""
    query = {name: value for name, value in (("pattern", pattern), ("cursor", cursor)) if value is not None}
    encoded = urlencode(query, quote_via=quote, errors="surrogateescape")
    path = "/api/cache/keys" + ("?" + encoded if encoded else "")

    def read(response: Response) -> KeysPage:
        content = read_success(response)
        keys = member(content, "keys", list)
        if not all(isinstance(key, str) for key in keys):
            raise foreign("a key in it isn't a string")
        binary = [decode_key(key) for key in optional(content, "encoded_keys", list) or []]
        return KeysPage(keys + binary, optional(content, "cursor", str))

    return Call(Request("GET", path), read)


def batch_get(keys: Iterable[str], decode: Callable[[bytes], Any] = decode_json) -> Iterator[Call[dict[str, Any]]]:
    """The values of many keys: the calls that are needed, each of which finds some of them.

    `decode` says how responses, and so the values in them, are read.
    """
    if isinstance(keys, (str, bytes)):
        raise TypeError(f"keys must be several, in a list say, and not one {type(keys).__name__}")
    names = [checked(key) for key in dict.fromkeys(keys)]
    for start in range(0, len(names), BATCH_KEYS):
        yield batch_get_call(names[start : start + BATCH_KEYS], decode)


def batch_get_call(names: list[str], decode: Callable[[bytes], Any]) -> Call[dict[str, Any]]:
    """The values of as many keys as the server takes at once."""

    def read(response: Response) -> dict[str, Any]:
        content = read_success(response, decode)
        values, encodings = member(content, "values", dict), optional(content, "encodings", dict) or {}
        return {name: decode_value(values[name], encodings.get(name)) for name in names if name in values}

    return Call(Request("POST", "/api/cache/batch-get", encode_json({"keys": names})), read)


def batch_set(items: Mapping[str, Any], ttl: float | None) -> Iterator[Call[dict[str, bool]]]:
    """Stores many values: the calls that are needed. Binary values go one by one: JSON has no place for them.

    Each call is to be carried out before the next is asked for, which may depend on its outcome.
    """
    members: list[tuple[str, bytes]] = []
    size = 0
    for key, value in items.items():
        checked(key)
        if isinstance(value, BINARY):
            yield batch_set_binary(key, value, ttl)
            continue
        text = encode_json({key: value})[1:-1]
        if members and (len(members) == BATCH_KEYS or size + len(text) > BATCH_BYTES):
            yield from batch_set_members(members, ttl)
            members, size = [], 0
        members.append((key, text))
        size += len(text)
    if members:
        yield from batch_set_members(members, ttl)


def batch_set_members(members: list[tuple[str, bytes]], ttl: float | None) -> Iterator[Call[dict[str, bool]]]:
    """Stores keys with what a JSON object says of them: half of them at a time if all are too much for the server."""
    together = batch_set_object(b"{" + b",".join(text for _, text in members) + b"}", ttl)
    is_too_large = False

    def read(response: Response) -> dict[str, bool]:
        nonlocal is_too_large
        is_too_large = response.status == TOO_LARGE
        if not is_too_large:
            return together.read(response)
        return {members[0][0]: False} if len(members) == 1 else {}

    yield Call(together.request, read)
    if is_too_large and len(members) > 1:
        middle = len(members) // 2
        yield from batch_set_members(members[:middle], ttl)
        yield from batch_set_members(members[middle:], ttl)


def batch_set_json(text: str, ttl: float | None) -> Call[dict[str, bool]]:
    """Stores the members of an object that is JSON already, to the letter. Raises ValueError if it is none."""
    if not isinstance(parse_json(text), dict):
        raise ValueError('the values must be a JSON object, such as {"key": "value"}')
    return batch_set_object(text.encode(), ttl)


def batch_set_object(items: bytes, ttl: float | None) -> Call[dict[str, bool]]:
    """Stores the members of what is known to be a JSON object."""

    def read(response: Response) -> dict[str, bool]:
        results = member(read_success(response), "results", dict)
        return {key: member(results, key, bool) for key in results}

    body = b'{"items":' + items + ttl_member(ttl) + b"}"
    return Call(Request("POST", "/api/cache/batch-set", body), read)


def batch_set_binary(key: str, value: Any, ttl: float | None) -> Call[dict[str, bool]]:
    """Stores one binary value as a batch would: that there is no room for it is a result."""
    single = set_value(key, value, ttl)

    def read(response: Response) -> dict[str, bool]:
        return {key: response.status not in (OUT_OF_MEMORY, TOO_LARGE) and single.read(response)}

    return Call(single.request, read)


def command(words: tuple[str | int | float, ...]) -> Call[Any]:
    """Any Redis command. It is never sent twice: nobody knows what it does."""

    def read(response: Response) -> Any:
        content = read_success(response)
        if "result" not in content:
            raise foreign('there is no "result" in it')
        try:
            return decode_reply(content["result"])
        except RecursionError as error:
            raise CacheError(f"the reply can't be read: {error}", response.status) from error

    return Call(Request("POST", "/api/command", encode_json(words), idempotent=False), read)


def decode_reply(reply: Any) -> Any:
    """A reply as Python has it: what stands in it as an object is bytes that aren't text, or an error."""
    if isinstance(reply, list):
        return [decode_reply(element) for element in reply]
    if not isinstance(reply, dict):
        return reply
    if "error" in reply:
        return CacheError(member(reply, "error", str))
    return decode_value(member(reply, "value", str), member(reply, "encoding", str))


def key_path(key: str) -> str:
    """Where a key is found. A slash is encoded as well, so that nothing on the way takes it for a path's."""
    return "/api/cache/key/" + quote(checked(key), safe=":", errors="surrogateescape")


def checked(key: Any) -> str:
    """A key, if it is one: what is none mustn't become another one's name."""
    if not isinstance(key, str):
        raise TypeError(f"a key must be a str, and not {type(key).__name__}")
    return key


def ttl_member(ttl: float | None) -> bytes:
    """The rest of a request's JSON object."""
    return b"" if ttl is None else b',"ttl":' + encode_json(ttl)


def is_missing(response: Response) -> bool:
    """Whether it is the server that says that there is no such key, and not another that there is no such path."""
    if response.status != 404:
        return False
    try:
        return decode_json(response.body)["found"] is False
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def read_stored(response: Response) -> bool:
    """Whether a value was stored."""
    return read_flag(response, "stored")


def read_invalidated(response: Response) -> bool:
    """Whether it was removed."""
    return read_flag(response, "invalidated")


def read_flag(response: Response, name: str) -> bool:
    """The member by which a response confirms what was asked."""
    if read_success(response).get(name) is not True:
        raise foreign(f'it doesn\'t say "{name}"')
    return True
