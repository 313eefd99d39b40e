"""Finding keys: by prefix and glob, and page by page."""


def test_search_by_prefix_and_glob(page, redis):
    names = [f"user:{number}" for number in range(30)] + ["user:7:cart", "order:7:cart", "a*b", "ab"]
    redis.mset({name: "x" for name in names})
    page.open("#keys")
    page.settled()
    assert sorted(page.keys()) == sorted(names)
    assert page.text("#list-status") == f"{len(names)} keys"
    page.search("user:1")
    assert sorted(page.keys()) == sorted(name for name in names if name.startswith("user:1"))
    page.search("*:7:cart")
    assert sorted(page.keys()) == ["order:7:cart", "user:7:cart"]
    page.search("a\\*b")
    assert page.keys() == ["a*b"]
    page.search("nothing")
    assert page.keys() == [] and page.text("#list-status") == "No keys begin so."
    # Typing alone searches too.
    page.one("#q").clear()
    page.one("#q").send_keys("order")
    page.until("the list follows", lambda: page.keys() == ["order:7:cart"])
    # The address holds the search, for the back button and for others.
    assert "q=order" in page.driver.current_url
    page.driver.refresh()
    page.settled()
    assert page.keys() == ["order:7:cart"]


def test_paging(page, redis):
    names = {f"n:{number:04}" for number in range(450)}
    redis.mset({name: "x" for name in names})
    page.open("#keys?q=n:")
    page.settled()
    assert 100 <= len(page.all("#list a")) < 450 and "there are more" in page.text("#list-status")
    pages = 1
    while page.one("#more").is_displayed():
        page.one("#more").click()
        page.settled()
        pages += 1
    assert pages > 2
    links = page.script("return [...document.querySelectorAll('#list a')].map(link => link.textContent)")
    assert len(links) == 450 and set(links) == names
    assert page.text("#list-status") == "450 keys"
