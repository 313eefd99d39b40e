"""What is shown of a key."""

import json

BINARY = bytes(range(256)) * 2


def shown_value(page):
    return page.content("#detail pre")


def test_json_text_and_hex(page, redis):
    redis.set("json", '{"name":"Ada","tags":[],"nested":{"n":12345678901234567890}}')
    redis.set("text", "two\nlines")
    redis.set("binary", BINARY)
    redis.set("empty", "")
    page.key("json")
    assert shown_value(page) == (
        '{\n  "name": "Ada",\n  "tags": [],\n  "nested": {\n    "n": 12345678901234567890\n  }\n}'
    )
    page.choose("detail", "Text")
    assert shown_value(page) == '{"name":"Ada","tags":[],"nested":{"n":12345678901234567890}}'
    page.key("text")
    assert shown_value(page) == "two\nlines"
    page.key("binary")
    assert shown_value(page).startswith("00000000  00 01 02 03 04 05 06 07 08")
    assert "ABCDEFGH" in shown_value(page) and "Size 512 B" in page.text(".meta")
    page.key("empty")
    assert shown_value(page) == "The value is empty."
    page.key("missing")
    page.until_text("#detail", "There is no such key")


def test_other_types(page, redis):
    redis.hset("hash", mapping={"field": "value", b"\xff": b"\xfe"})
    redis.rpush("list", "one", "two")
    redis.sadd("set", "member")
    redis.zadd("zset", {"ann": 1.5})
    redis.xadd("stream", {"f": "v"}, id="1-1")
    for name, cells in {
        "list": ["0", "one", "1", "two"],
        "set": ["member"],
        "zset": ["1.5", "ann"],
        "stream": ["1-1", "f = v"],
    }.items():
        page.key(name)
        page.until_text(".meta", f"Type {name}")
        assert page.texts("#detail td") == cells
        assert "Edit" not in page.texts("#detail button")
    page.key("hash")
    assert set(page.texts("#detail td")) == {"field", "value", "\\xff", "\\xfe"}


def test_of_large_ones_the_beginning(page, redis):
    redis.rpush("list", *range(600))
    redis.hset("hash", mapping={f"field {number}": number for number in range(3000)})
    redis.set("text", json.dumps({"text": "x" * 800_000}))
    page.key("list")
    page.until_text("#detail", "500 of 600 elements.")
    page.key("hash")
    page.until_text("#detail", "of 3,000 fields.")
    page.key("text")
    page.until_text("#detail", "The first 200,000 characters")
    page.press("Show all")
    page.until("all is shown", lambda: len(shown_value(page)) > 800_000)
