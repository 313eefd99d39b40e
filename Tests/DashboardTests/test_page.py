"""The page as it is served: self-contained, under a policy that lets nothing else in."""

import re


def served(ocm):
    with ocm.get("/") as response:
        return response.headers, response.read().decode()


def test_policy_and_nonce(ocm):
    headers, html = served(ocm)
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";") if part.strip())
    nonce = re.fullmatch("'nonce-([^']{16,})'", policy["script-src"])[1]
    assert policy["style-src"] == f"'nonce-{nonce}'"
    assert policy["connect-src"] == "'self'" and policy["img-src"] == "data:"
    assert all(policy[name] == "'none'" for name in ["default-src", "base-uri", "form-action", "frame-ancestors"])
    assert headers["Content-Type"].lower().replace(" ", "") == "text/html;charset=utf-8"
    assert "@NONCE@" not in html
    assert re.findall(r"<(?:script|style)[^>]*>", html) and all(
        f'nonce="{nonce}"' in tag for tag in re.findall(r"<(?:script|style)[^>]*>", html)
    )
    assert nonce not in served(ocm)[1]


def test_nothing_from_elsewhere(ocm):
    html = served(ocm)[1]
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", html)
    assert not re.findall(r"url\(|@import|\son\w+=[\"']|\sstyle=[\"']", html)
    # What the server says can't become markup if nothing can.
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", html)


def test_every_request_bypasses_the_browsers_cache(page):
    page.open()
    page.until_text("#pill", "Healthy")
    page.script(
        """
        window.fetches = [];
        const real = fetch;
        window.fetch = (path, options) => { fetches.push([path, options.cache]); return real(path, options) };
    """
    )
    page.press("Keys")
    page.settled()
    page.until("it has polled", lambda: page.script("return fetches.length") > 2)
    assert {cache for _, cache in page.script("return fetches")} == {"no-store"}


def test_polls_each_second_and_seldom_while_hidden(page):
    page.open()
    page.until_text("#pill", "Healthy")
    page.script(
        """
        window.waits = [];
        const real = setTimeout;
        window.setTimeout = (run, wait, ...rest) => { waits.push(wait); return real(run, wait, ...rest) };
    """
    )
    page.until("it has polled", lambda: len(page.script("return waits")) > 1)
    assert all(100 <= wait <= 1000 for wait in page.script("return waits"))
    page.script("Object.defineProperty(document, 'hidden', { value: true, configurable: true }); waits.length = 0")
    page.until("it has polled", lambda: page.script("return waits"))
    assert page.script("return waits[0]") >= 10000
    polls = page.script("return waits.length")
    page.script("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    page.until("it polls when it is seen again", lambda: page.script("return waits.length") > polls)
