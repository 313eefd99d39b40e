"""Creating, editing and deleting keys; what has become of them is verified in Redis itself."""

import pytest

BIG = '{"id": 12345678901234567890, "pi": 3.14159265358979323846, "e": 1e400, "a": "\\u00e9", "a": 2}'
BINARY = bytes(range(256)) * 2
TEXTS = {
    "big numbers": BIG,
    "compact JSON": '{"b":1,"a":[1,2]}',
    "plain": "plain",
    "line ends": "crlf\r\nline\r\n",
    "byte order mark": "\ufeffbom",
    "tab": "tab\there",
    "empty": "",
    "unicode": "“é😀”",
    "number": "12345678901234567890",
}


def test_create_text(page, redis):
    page.open("#keys")
    page.settled()
    page.press("New key")
    page.one("#editor .primary").click()
    page.until_text("#editor-error", "A key needs a name.")
    page.one("#editor-key").send_keys("made:text")
    page.write("#editor-value", 'she said "hi"\n<b>&amp;</b>')
    page.one("#editor-ttl").send_keys("soon")
    page.one("#editor .primary").click()
    page.until_text("#editor-error", "A time to live is a number of seconds")
    page.write("#editor-ttl", "2h")
    page.submit("editor")
    page.until_text("#detail h2", "made:text")
    assert redis.get("made:text") == b'she said "hi"\n<b>&amp;</b>'
    assert 7100 < redis.ttl("made:text") <= 7200
    page.until("it is in the list", lambda: page.keys() == ["made:text"])


def test_create_json(page, redis):
    page.open("#keys")
    page.settled()
    page.press("New key")
    page.one("#editor-key").send_keys("made:json")
    page.choose("editor", "JSON")
    page.write("#editor-value", '{"id": 1,}')
    page.until_text("#editor-hint", "Not valid JSON")
    assert page.one("#editor-value").get_attribute("aria-invalid") == "true"
    page.one("#editor .primary").click()
    page.until_text("#editor-error", "isn’t valid JSON")
    assert not redis.exists("made:json")
    page.write("#editor-value", BIG)
    page.until_text("#editor-hint", "Valid JSON")
    page.submit("editor")
    page.until("it is stored", lambda: redis.exists("made:json"))
    assert redis.get("made:json").decode() == BIG and redis.ttl("made:json") == -1


def test_create_does_not_overwrite_unasked(page, redis):
    redis.set("taken", "precious")
    page.open("#keys")
    page.settled()
    page.press("New key")
    page.one("#editor-key").send_keys("taken")
    page.write("#editor-value", "other")
    page.one("#editor .primary").click()
    page.until_text("#editor-error", "There is a key of this name.")
    assert redis.get("taken") == b"precious"
    page.press("Overwrite", "#editor")
    page.until("it is overwritten", lambda: redis.get("taken") == b"other")


@pytest.mark.parametrize("value", TEXTS.values(), ids=TEXTS.keys())
def test_saving_unchanged_changes_nothing(page, redis, value):
    redis.set("k", value)
    page.key("k")
    page.press("Edit")
    page.submit("editor")
    page.until_text("#toasts", "Saved.")
    assert redis.get("k").decode() == value and redis.ttl("k") == -1


def test_edit_keeps_what_is_not_edited(page, redis):
    redis.set("other", BINARY)
    redis.set("big", BIG)
    redis.set("k", '{"id": 12345678901234567890, "name": "Ada"}', px=600_000)
    page.key("k")
    page.press("Edit")
    page.write("#editor-value", '{"id": 12345678901234567891, "name": "Ada"}')
    page.submit("editor")
    page.until_text("#detail pre", "12345678901234567891")
    assert redis.get("k") == b'{"id": 12345678901234567891, "name": "Ada"}'
    assert 500_000 < redis.pttl("k") <= 600_000
    assert redis.get("other") == BINARY and redis.get("big").decode() == BIG


def test_indent_and_compact_lose_nothing(page, redis):
    redis.set("k", BIG)
    page.key("k")
    page.press("Edit")
    page.press("Indent", "#editor")
    assert '\n  "id": 12345678901234567890,\n' in page.one("#editor-value").get_property("value")
    page.press("Compact", "#editor")
    page.submit("editor")
    page.until_text("#toasts", "Saved.")
    assert redis.get("k").decode() == BIG.replace(": ", ":").replace(", ", ",")


def test_edit_binary_as_base64(page, redis):
    redis.set("k", b"\x00\xff\x80")
    redis.set("mixed", b"a\r\nb\nc\r")
    page.key("k")
    page.press("Edit")
    assert page.one("#editor-value").get_property("value") == "AP+A"
    page.choose("editor", "Text")
    page.until_text("#editor-hint", "can’t be edited as text")
    page.write("#editor-value", "AP+AAA=")
    page.until_text("#editor-hint", "Not valid Base64")
    page.write("#editor-value", "AP+AAQ==")
    page.submit("editor")
    page.until("it is stored", lambda: redis.get("k") == b"\x00\xff\x80\x01")
    page.key("mixed")
    page.press("Edit")
    page.submit("editor")
    page.until_text("#toasts", "Saved.")
    assert redis.get("mixed") == b"a\r\nb\nc\r"


@pytest.mark.parametrize("change", ["somebody else's", None])
def test_someone_elses_change_is_not_overwritten_unasked(page, redis, change):
    redis.set("k", "first")
    page.key("k")
    page.press("Edit")
    if change is None:
        page.expect_status(404)
        redis.delete("k")
    else:
        redis.set("k", change)
    page.write("#editor-value", "mine")
    page.one("#editor .primary").click()
    page.until_text("#editor-error", "deleted meanwhile" if change is None else "changed by somebody else")
    assert redis.get("k") == (change and change.encode())
    page.press("Overwrite", "#editor")
    page.until("it is overwritten", lambda: redis.get("k") == b"mine")


def test_delete(page, redis):
    redis.mset({"keep": "1", "drop": "2"})
    page.open("#keys?key=drop")
    page.settled()
    page.until_text("#detail h2", "drop")
    page.press("Delete", "#detail")
    page.until("it asks", lambda: page.is_open("confirm"))
    assert page.text("#confirm-shown") == "drop"
    page.press("Cancel", "#confirm")
    assert redis.exists("drop")
    page.press("Delete", "#detail")
    page.submit("confirm")
    page.until("it is gone", lambda: page.keys() == ["keep"])
    assert not redis.exists("drop") and redis.exists("keep")
    page.until_text("#detail", "Choose a key")
