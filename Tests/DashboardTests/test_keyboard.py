"""All of it without a mouse."""

from selenium.webdriver.common.keys import Keys

from judgements import IN_ORDER, OUTLINE, UNNAMED


def focus(page):
    element = page.focused()
    return element.get_attribute("id") or element.text


def tab_until(page, wanted, most=40):
    for _ in range(most):
        if focus(page) == wanted:
            return
        page.keyboard(Keys.TAB)
    raise AssertionError(f"{wanted!r} can't be reached with the Tab key")


def test_walk_through(page, redis):
    redis.mset({f"user:{number}": "v" for number in range(5)})
    page.open()
    page.until_text("#pill", "Healthy")
    page.keyboard("/")
    page.until("the search has the focus", lambda: focus(page) == "q")
    page.keyboard("user:", Keys.ENTER)
    page.settled()
    page.keyboard(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    chosen = page.focused().text
    assert chosen == page.keys()[2]
    page.keyboard(Keys.ENTER)
    page.until_text("#detail h2", chosen)
    page.until("the key has the focus", lambda: page.focused().tag_name == "h2")
    page.keyboard(Keys.TAB)
    assert focus(page) == "Edit"
    page.keyboard(Keys.ENTER)
    page.until("the editor has the focus", lambda: focus(page) == "editor-value")
    # The Tab key stays in the dialog.
    for _ in range(12):
        page.keyboard(Keys.TAB)
        assert page.script(
            "return document.activeElement === document.body || !!document.activeElement.closest('#editor')"
        )
    page.keyboard(Keys.ESCAPE)
    page.until(
        "the editor is closed and the button has the focus",
        lambda: not page.is_open("editor") and focus(page) == "Edit",
    )
    page.keyboard(Keys.ENTER)
    page.keyboard("new ")
    tab_until(page, "editor-save")
    page.keyboard(Keys.ENTER)
    page.until("it is stored", lambda: redis.get(chosen) == b"new v")
    page.until("the key has the focus", lambda: page.focused().tag_name == "h2")
    tab_until(page, "Delete")
    page.keyboard(Keys.ENTER)
    page.until("it asks, and doing nothing is at hand", lambda: focus(page) == "Cancel")
    page.keyboard(Keys.TAB)
    assert focus(page) == "confirm-do"
    page.keyboard(Keys.ENTER)
    page.until("it is gone", lambda: not redis.exists(chosen))
    page.until("the next key has the focus", lambda: focus(page) in page.keys())


def test_escape_does_not_discard_at_once(page, redis):
    redis.set("k", "v")
    page.key("k")
    page.press("Edit")
    page.write("#editor-value", "hours of work")
    page.keyboard(Keys.ESCAPE)
    page.until_text("#editor-error", "isn’t saved")
    assert page.is_open("editor")
    page.keyboard(Keys.ESCAPE)
    page.until("it is closed", lambda: not page.is_open("editor"))
    assert redis.get("k") == b"v"


def test_escape_returns_to_the_list(page, redis):
    redis.set("k", "v")
    page.open("#keys")
    page.settled()
    page.one("#q").send_keys(Keys.ARROW_DOWN, Keys.NULL)
    page.keyboard(Keys.ENTER)
    page.until("the key has the focus", lambda: page.focused().tag_name == "h2")
    page.keyboard(Keys.ESCAPE)
    page.until("its row has the focus", lambda: focus(page) == "k")


def test_slash_is_a_character_in_fields(page, redis):
    page.open("#keys")
    page.settled()
    page.press("New key")
    page.keyboard("a/b")
    assert page.one("#editor-key").get_property("value") == "a/b"
    page.keyboard(Keys.ESCAPE)


def test_focus_is_seen_and_order_is_that_of_the_page(page, redis):
    redis.set("k", "v")
    for view in ["#overview", "#keys?key=k"]:
        page.open(view)
        page.until_text("#pill", "Healthy")
        # A fragment is where the browser would go on from, and what is behind it depends on what was asked for before.
        page.script("document.querySelector('.skip').focus()")
        seen = [page.focused()]
        for _ in range(60):
            page.keyboard(Keys.TAB)
            node = page.focused()
            if node.tag_name == "body" or node in seen:
                break
            seen.append(node)
            assert page.script(OUTLINE) != "none", node.get_attribute("outerHTML")
        assert len(seen) > 4
        assert page.script(IN_ORDER, *seen)


def test_skip_link(page):
    page.open()
    page.until_text("#pill", "Healthy")
    page.keyboard(Keys.TAB, Keys.ENTER)
    assert focus(page) == "main"


def test_fields_and_buttons_have_names(page, redis):
    redis.set("k", "v")
    page.key("k")
    page.settled()
    assert page.script("return document.documentElement.lang") == "en"
    assert page.script(UNNAMED) == []
    for label in ["New key", "Edit", "Time to live", "Delete"]:
        page.press(label)
        assert page.script(UNNAMED) == []
        page.keyboard(Keys.ESCAPE)
