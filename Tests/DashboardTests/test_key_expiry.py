"""Times to live: shown, set, taken away and kept; verified in Redis itself."""


def expires(page):
    return page.text("#expiry")


def test_time_to_live(page, redis):
    redis.set("k", "v")
    redis.rpush("list", "v")
    page.key("k")
    assert expires(page) == "never"
    page.press("Time to live")
    page.write("#ttl-value", "-5")
    page.one("#ttl .primary").click()
    page.until_text("#ttl-error", "A time to live is")
    page.press("1 hour", "#ttl")
    page.submit("ttl")
    page.until("it is shown", lambda: expires(page).startswith("in 59 min"))
    assert 3500_000 < redis.pttl("k") <= 3600_000 and redis.get("k") == b"v"
    before = expires(page)
    page.until("it counts down", lambda: expires(page) != before)
    page.press("Time to live")
    page.press("Never", "#ttl")
    page.submit("ttl")
    page.until("it is shown", lambda: expires(page) == "never")
    assert redis.pttl("k") == -1
    page.key("list")
    page.press("Time to live")
    page.write("#ttl-value", "90s")
    page.submit("ttl")
    page.until("it is set", lambda: 80_000 < redis.pttl("list") <= 90_000)


def test_where_commands_are_not_to_be_had(browse, launch, redis):
    """With a prefix for keys the server refuses commands: what GET and PUT say has to do."""
    page = browse(launch("--rest-key-prefix", "app:"))
    page.expect_status(403)
    redis.set("app:k", "v", px=600_000)
    redis.set("other", "v")
    page.open("#keys?key=k")
    page.settled()
    assert page.keys() == ["k"]
    page.until("the time to live is shown", lambda: expires(page).startswith(("in 9 min", "in 10 min")))
    page.press("Edit")
    page.write("#editor-value", "changed")
    page.submit("editor")
    page.until("it is stored", lambda: redis.get("app:k") == b"changed")
    assert 590_000 < redis.pttl("app:k") <= 600_000
    page.press("Time to live")
    page.write("#ttl-value", "")
    page.submit("ttl")
    page.until("it doesn't expire any more", lambda: redis.pttl("app:k") == -1)
    assert redis.get("app:k") == b"changed"
