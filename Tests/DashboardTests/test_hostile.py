"""Names and values meant to break the page are shown, and do nothing else."""

import pytest
import redis as redis_py

MARKUP = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"
NAMES = {
    "markup": MARKUP,
    "quotes": "\"'`\\",
    "attribute": '"><svg onload=document.title=1>',
    "right to left": "\u202egnp.exe",
    "hebrew": "שלום:עולם",
    "NUL": "a\0b",
    "line ends": "a\r\nb\tc",
    "url": "a/../b//c?x=1&y=2#z%2F%",
    "dot": ".",
    "dots": "..",
    "escaped dots": "%2e%2e",
    "plus and space": "a + b",
    "emoji": "👩‍🚀🔑",
    "binary": b"\xff\xfe\x00\x80",
    "long": "k" * 100_000,
    "template": "${document.title='pwned'}{{7*7}}",
    "javascript": "javascript:document.title='pwned'",
    "prototype": "__proto__",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_key(page, redis, name):
    redis.set(name, "precious")
    redis.set("plain", "1")
    page.open("#keys")
    page.settled()
    links = page.all("#list a")
    assert len(links) == 2
    next(link for link in links if link.text != "plain").click()
    page.until_text("#detail pre", "precious")
    for element in ["#list img", "#list svg", "#detail img", "#detail svg", "#list script", "#detail script"]:
        assert page.all(element) == []
    # All the way round: edited, given a time to live, deleted, and the other key is as it was.
    page.press("Edit")
    page.write("#editor-value", "changed")
    page.submit("editor")
    page.until_text("#detail pre", "changed")
    assert redis.get(name) == b"changed"
    page.press("Time to live")
    page.write("#ttl-value", "1000")
    page.submit("ttl")
    page.until("it is set", lambda: 900 < redis.ttl(name) <= 1000)
    page.press("Delete", "#detail")
    page.submit("confirm")
    page.until("it is gone", lambda: page.keys() == ["plain"])
    assert redis.keys("*") == [b"plain"] and redis.get("plain") == b"1"
    assert "pwned" not in page.driver.title


# Those that can be entered in a field.
ENTERABLE = {how: name for how, name in NAMES.items() if isinstance(name, str) and not set(name) & set("\0\r\n\t")}


@pytest.mark.parametrize("name", ENTERABLE.values(), ids=ENTERABLE.keys())
def test_create(page, redis, name):
    page.open("#keys")
    page.settled()
    page.press("New key")
    page.write("#editor-key", name)
    page.write("#editor-value", "made")
    page.submit("editor")
    page.until_text("#detail pre", "made")
    assert redis.get(name) == b"made"


VALUES = {
    "markup": MARKUP,
    "closing": "</pre></section></script>" + MARKUP,
    "json of markup": '{"' + "<img src=x onerror=alert(1)>" + '": "' + "</script><img src=x onerror=alert(1)>" + '"}',
    "right to left": "abc\u202edcba",
    "control": "\x1b[31m\x07\x0b",
    "NUL": "a\0b",
    "deep": "[" * 400 + "]" * 400,
    "long line": "x" * 100_000,
    "many lines": "\n" * 20_000,
    "binary": bytes(range(256)),
    "cut UTF-8": "é".encode()[:1],
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_value(page, redis, value):
    redis.set("k", value)
    redis.rpush("list", value)
    page.key("k")
    page.until("it is shown", lambda: page.all("#detail pre"))
    assert page.all("#detail img") == [] and page.all("#detail script") == []
    assert page.script("return document.documentElement.scrollWidth <= innerWidth")
    page.key("list")
    page.until("it is shown", lambda: page.all("#detail td"))
    assert page.all("#detail img") == [] and page.all("#detail script") == []
    assert page.script("return document.documentElement.scrollWidth <= innerWidth")
    assert "pwned" not in page.driver.title


def test_invisible_characters_are_shown(page, redis):
    redis.set("a\u202eb\0c", "x\u202ey")
    page.open("#keys")
    page.settled()
    assert page.content("#list a") == "a\\u202eb\\x00c"
    page.one("#list a").click()
    page.until_text("#detail pre", "x")
    assert page.content("#detail pre") == "x\\u202ey"


def test_top_keys(browse, launch, redis):
    ocm = launch()
    with redis_py.Redis(port=ocm.redis_port) as client, client.pipeline(transaction=False) as pipeline:
        for name in [MARKUP, b"\xff\xfe"]:
            for _ in range(20_000):
                pipeline.get(name)
        pipeline.execute()
    page = browse(ocm).open()
    page.until("they are shown", lambda: {MARKUP, "\\xff\\xfe"} <= set(page.texts("#top .name")))
    assert page.all("#top img") == []
