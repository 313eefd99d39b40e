"""Tokens: asked for, kept for the tab, and what a token may not do is said."""

from selenium.webdriver.common.keys import Keys


def give(page, token):
    page.until("it asks for the token", lambda: page.is_open("token"))
    page.one("#token-value").clear()
    page.one("#token-value").send_keys(token + Keys.ENTER)


def test_prompt(browse, launch, redis):
    page = browse(launch("--rest-token", "s3cret"))
    page.expect_status(401)
    page.open()
    give(page, "wrong")
    page.until_text("#token-error", "refused")
    give(page, "s3cret")
    page.until_text("#pill", "Healthy")
    # Kept while the tab is open, and nowhere else.
    page.driver.refresh()
    page.until_text("#pill", "Healthy")
    assert page.script("return [sessionStorage.length, localStorage.length, document.cookie]") == [1, 0, ""]
    assert "s3cret" not in page.driver.current_url
    page.press("Sign out")
    page.until("it asks again", lambda: page.is_open("token"))


def test_cancelled_prompt(browse, launch, redis):
    page = browse(launch("--rest-token", "s3cret"))
    page.expect_status(401)
    page.open()
    page.until("it asks for the token", lambda: page.is_open("token"))
    page.keyboard(Keys.ESCAPE)
    page.until_text("#banners", "answers only with its token")
    assert page.text("#pill") == "Token needed" and not page.is_open("token")
    page.press("Enter token")
    give(page, "s3cret")
    page.until("all is well", lambda: page.text("#pill") == "Healthy" and not page.all(".banner"))


def test_read_only_token(browse, launch, redis):
    redis.set("k", "v")
    redis.hset("hash", mapping={"a": "1"})
    page = browse(launch("--rest-token", "s3cret", "--rest-read-token", "look"))
    page.expect_status(401, 403)
    page.open("#keys?key=k")
    give(page, "look")
    page.until_text("#detail pre", "v")
    page.settled()
    assert sorted(page.keys()) == ["hash", "k"]
    page.press("Edit")
    page.write("#editor-value", "changed")
    page.one("#editor .primary").click()
    page.until_text("#editor-error", "Not allowed")
    page.press("Cancel", "#editor")
    page.press("Delete", "#detail")
    page.one("#confirm .primary").click()
    page.until_text("#confirm-error", "Not allowed")
    page.press("Cancel", "#confirm")
    page.press("Time to live")
    page.write("#ttl-value", "10")
    page.one("#ttl .primary").click()
    page.until_text("#ttl-error", "Not allowed")
    page.press("Cancel", "#ttl")
    assert redis.get("k") == b"v" and redis.ttl("k") == -1
    # Reading is not impaired: types other than strings need commands, those that only read.
    page.key("hash")
    page.until("it is shown", lambda: page.texts("#detail td") == ["a", "1"])


def test_token_of_any_characters(browse, launch, redis):
    token = "geheim-ü€😀"
    page = browse(launch("--rest-token", token))
    page.expect_status(401)
    page.open()
    page.until("it asks for the token", lambda: page.is_open("token"))
    page.write("#token-value", token)
    page.one("#token .primary").click()
    page.until_text("#pill", "Healthy")
