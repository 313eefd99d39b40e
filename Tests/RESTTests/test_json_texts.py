"""Several hundred texts, JSON and not, as values: through the API, and as Redis clients store them."""

import base64
import json
import re

import json_texts
import pytest
from rest import key_path

VALID, INVALID = json_texts.read("valid.txt"), json_texts.read("invalid.txt")
KEY = "json:text"
OTHER = "json:other"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module", params=["embedded", "proxy"])
def server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def rest(server):
    return server.rest


@pytest.fixture(scope="module")
def resp(server):
    """One client for thousands of tests, which use two keys and leave them behind."""
    with server.resp() as client:
        yield client


def post(rest, text):
    return rest.request("POST", key_path(KEY), b'{"value": ' + text + b"}", JSON)


def embedded_value(response):
    """The bytes of `value` in the answer to a GET."""
    assert response.status == 200 and response["content-type"].split(";")[0] == "application/json", response
    pattern = rb'\{\s*"key":\s*"json:text",\s*"value":(.*),\s*"found":\s*true\s*\}\s*'
    match = re.fullmatch(pattern, response.body, re.DOTALL)
    assert match, response.body[:300]
    return match[1]


def check_reading(rest, stored):
    """Section 4 of the design: JSON is embedded as it is, other text becomes a string, anything else base64."""
    response = rest.get(key_path(KEY))
    raw = rest.get(key_path(KEY), Accept="application/octet-stream")
    assert raw.status == 200 and raw.body == stored
    if json_texts.is_json(stored):
        assert embedded_value(response) in (stored, b" " + stored)
        return
    try:
        text = stored.decode("utf-8")
    except UnicodeDecodeError:
        expected = {"key": KEY, "value": base64.b64encode(stored).decode(), "encoding": "base64", "found": True}
        assert response.status == 200 and response.json == expected
    else:
        assert json.loads(embedded_value(response)) == text


@pytest.mark.parametrize("text", VALID)
def test_the_valid_are_valid(text):
    assert json_texts.is_json(text)


@pytest.mark.parametrize("text", INVALID)
def test_the_invalid_are_invalid(text):
    assert not json_texts.is_json(text) and not json_texts.is_json(b'{"value": ' + text + b"}")


@pytest.mark.parametrize("text", VALID)
def test_valid_is_stored_and_comes_back(text, rest, resp):
    response = post(rest, text)
    assert response.status == 200 and response.json == {"key": KEY, "stored": True}
    stored = json_texts.stored(text)
    assert resp.get(KEY) == stored
    check_reading(rest, stored)
    returned = json_texts.parsed(embedded_value(rest.get(key_path(KEY))).decode())
    assert returned == json_texts.parsed(text.decode())


@pytest.mark.parametrize("text", INVALID)
def test_invalid_is_refused_and_changes_nothing(text, rest, resp):
    resp.set(KEY, "before")
    response = post(rest, text)
    assert response.status == 400 and response.error
    assert resp.get(KEY) == b"before"
    assert rest.get(key_path(KEY)).json == {"key": KEY, "value": "before", "found": True}


@pytest.mark.parametrize("text", VALID + INVALID)
def test_what_a_redis_client_stored_is_shown(text, rest, resp):
    resp.set(KEY, text)
    check_reading(rest, text)


@pytest.mark.parametrize("text", VALID)
def test_batches_agree(text, rest, resp):
    body = b'{"items":{"json:text": ' + text + b', "json:other": 1}}'
    response = rest.request("POST", "/api/cache/batch-set", body, JSON)
    assert response.status == 200 and response.json == {"results": {KEY: True, OTHER: True}}
    assert resp.get(KEY) == json_texts.stored(text)
    response = rest.post("/api/cache/batch-get", {"keys": [KEY]})
    assert response.status == 200
    returned = dict(json_texts.parsed(response.body.decode())[1])
    assert returned == {"values": ("object", [(KEY, json_texts.parsed(text.decode()))]), "missing": []}


@pytest.mark.parametrize("text", INVALID)
def test_an_invalid_item_refuses_the_batch(text, rest, resp):
    resp.mset({KEY: "before", OTHER: "before"})
    body = b'{"items":{"json:other": 1, "json:text": ' + text + b"}}"
    assert rest.request("POST", "/api/cache/batch-set", body, JSON).status == 400
    assert resp.mget(KEY, OTHER) == [b"before", b"before"]


class TestNesting:
    """512 levels are the most that a value may have."""

    @pytest.mark.parametrize("opening, closing", [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
    def test_limit(self, opening, closing, rest, resp):
        levels = len(re.findall(rb"[\[{]", opening))
        deepest = json_texts.DEEPEST // levels
        text = deepest * opening + b"1" + deepest * closing
        assert post(rest, text).status == 200
        assert resp.get(KEY) == text and embedded_value(rest.get(key_path(KEY))).strip() == text
        response = post(rest, b"[" + text + b"]")
        assert response.status == 400 and response.error
        assert resp.get(KEY) == text

    @pytest.mark.parametrize("levels", [513, 600, 10_000, 1_000_000])
    @pytest.mark.parametrize("opening, closing", [(b"[", b"]"), (b'{"a":', b"}")])
    @pytest.mark.parametrize("is_closed", [True, False])
    def test_beyond(self, levels, opening, closing, is_closed, rest):
        text = levels * opening + b"1" + levels * closing * is_closed
        for target, body in [
            (key_path(KEY), b'{"value":%s}' % text),
            (key_path(KEY), text),
            ("/api/cache/batch-set", b'{"items":{"a":%s}}' % text),
            ("/api/cache/batch-get", b'{"keys":[%s]}' % text),
            ("/api/command", text),
        ]:
            response = rest.request("POST", target, body, JSON)
            assert response.status == 400 and response.error, target

    def test_a_redis_client_may_go_deeper(self, rest, resp):
        # As no reader is expected to follow, it is shown as text.
        text = 100_000 * b"[" + 100_000 * b"]"
        resp.set(KEY, text)
        assert rest.get(key_path(KEY)).json == {"key": KEY, "value": text.decode(), "found": True}
        assert rest.get(key_path(KEY), Accept="application/octet-stream").body == text
