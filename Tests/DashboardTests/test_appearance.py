"""Dark and light, wide and narrow, for any eyes; screenshots are in .build-screenshots."""

import json

import pytest
import redis as redis_py
from selenium.webdriver.common.keys import Keys

from judgements import CONTRAST, MOVING, SMALL_TARGETS

VIEWS = ["#overview", "#keys", "#keys?key=user:1:profile", "#keys?key=cart", "#keys?key=picture"]


@pytest.fixture
def furnished(page, ocm, redis):
    profile = {
        "id": 12345678901234567890,
        "name": "Ada Lovelace",
        "active": True,
        "tags": ["maths", "engines"],
        "address": None,
    }
    for number in range(150):
        redis.set(f"user:{number}:profile", json.dumps(profile), ex=3600)
    redis.hset("cart", mapping={f"sku-{number}": number for number in range(12)})
    redis.set("picture", bytes(range(256)) * 8)
    with redis_py.Redis(port=ocm.redis_port) as client:
        for turn in range(400):
            client.get(f"user:{turn % (1 + turn % 7)}:profile")
            if turn % 9 == 0:
                client.incr("visits")
    return page


def no_sideways_scrolling(page):
    return page.script("return document.documentElement.scrollWidth <= innerWidth")


def background(page):
    return page.script("return getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_schemes(furnished, scheme):
    page = furnished
    page.prefer(prefers_color_scheme=scheme)
    for number, view in enumerate(VIEWS):
        page.open(view)
        page.until_text("#pill", "Healthy")
        if view == "#overview":
            page.until("there is a rate", lambda: page.text("#rate") != "–")
        else:
            page.settled()
        if "key=" in view:
            page.until("the key is shown", lambda: page.all("#detail h2"))
        assert page.script(CONTRAST)[0] >= 4.5, page.script(CONTRAST)
        assert no_sideways_scrolling(page)
        page.screenshot(f"{scheme}-{number}-{view.split(':')[0].split('=')[-1].strip('#')}", whole=True)
    page.press("New key")
    assert page.script(CONTRAST)[0] >= 4.5, page.script(CONTRAST)
    page.screenshot(f"{scheme}-editor")
    page.press("Cancel", "#editor")


def test_theme_is_chosen_and_kept(page):
    page.prefer(prefers_color_scheme="light")
    page.open()
    light = background(page)
    page.one("#theme").click()
    dark = background(page)
    assert dark != light
    page.driver.refresh()
    page.until_text("#pill", "Healthy")
    assert background(page) == dark and "dark" in page.one("#theme").get_attribute("aria-label")
    page.prefer(prefers_color_scheme="dark")
    page.one("#theme").click()
    page.one("#theme").click()
    assert page.script("return [document.documentElement.dataset.theme, localStorage.length]") in (
        ["light", 1],
        ["auto", 0],
    )
    while page.script("return document.documentElement.dataset.theme") != "auto":
        page.one("#theme").click()
    assert background(page) == dark


@pytest.mark.parametrize("width", [320, 360, 600, 768, 1024])
def test_narrow(furnished, width):
    page = furnished
    page.phone(width)
    for number, view in enumerate(VIEWS):
        page.open(view)
        page.until_text("#pill", "Healthy")
        if "key=" in view:
            page.until("the key is shown", lambda: page.all("#detail h2"))
            assert page.one("#list").is_displayed() == (width > 700)
        assert no_sideways_scrolling(page), view
        assert page.script(SMALL_TARGETS) == []
        if width == 360:
            page.screenshot(f"phone-{number}-{view.split(':')[0].split('=')[-1].strip('#')}", whole=True)
    page.press("Time to live")
    assert no_sideways_scrolling(page)
    page.keyboard(Keys.ESCAPE)
    page.press("Edit", "#detail")
    assert no_sideways_scrolling(page)
    if width == 360:
        page.screenshot("phone-editor")
    page.keyboard(Keys.ESCAPE)


def test_phone_goes_from_list_to_key_and_back(furnished):
    page = furnished
    page.phone()
    page.open("#keys?q=cart")
    page.settled()
    page.one("#list a").click()
    page.until("the key alone is shown", lambda: page.texts("#detail td") and not page.one("#list").is_displayed())
    page.press("← All keys")
    page.until("the list is shown", lambda: page.keys() == ["cart"])
    page.one("#list a").click()
    page.until_text("#detail h2", "cart")
    page.driver.back()
    page.until("the list is shown", lambda: page.keys() == ["cart"])


def test_reduced_motion(page):
    page.open()
    assert page.script(MOVING) > 0
    page.prefer(prefers_reduced_motion="reduce")
    assert page.script(MOVING) == 0
