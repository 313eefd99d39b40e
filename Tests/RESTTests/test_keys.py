"""Names of keys in paths, and lists of them: patterns and pages."""

import base64
from urllib.parse import quote

import pytest

PREFIX = "/api/cache/key/"


def listed(rest, query=""):
    """The keys of all pages as bytes, and how many pages there were."""
    keys, pages, cursor = [], 0, None
    while True:
        page = "&".join(filter(None, [query, cursor and f"cursor={quote(cursor, safe='')}"]))
        response = rest.get("/api/cache/keys" + (f"?{page}" if page else ""))
        assert response.status == 200, response
        content = response.json
        assert set(content) <= {"keys", "cursor", "encoded_keys"}
        assert content.get("encoded_keys", ["there"]), "it is only there if there are any"
        keys += [key.encode() for key in content["keys"]]
        keys += [base64.b64decode(key, validate=True) for key in content.get("encoded_keys", [])]
        pages += 1
        cursor = content.get("cursor")
        if cursor is None:
            return keys, pages


class TestNames:
    @pytest.mark.parametrize(
        "path, key",
        [
            ("plain", b"plain"),
            ("user:123", b"user:123"),
            ("user%3A123", b"user:123"),
            ("%75%73%65%72", b"user"),
            ("a/b/c", b"a/b/c"),
            ("a%2Fb", b"a/b"),
            ("a%2fb", b"a/b"),
            ("/", b"/"),
            ("//", b"//"),
            ("/a", b"/a"),
            ("a/", b"a/"),
            ("a//b", b"a//b"),
            (".", b"."),
            ("..", b".."),
            ("a/../b", b"a/../b"),
            ("a/./b", b"a/./b"),
            ("%2e%2e", b".."),
            ("%25", b"%"),
            ("%2525", b"%25"),
            ("100%25", b"100%"),
            ("a%20b", b"a b"),
            ("%20", b" "),
            ("a+b", b"a+b"),
            ("a%2Bb", b"a+b"),
            ("a%3Fb", b"a?b"),
            ("a?", b"a"),
            ("a%23b", b"a#b"),
            ("a;b=c,d", b"a;b=c,d"),
            ("a&b", b"a&b"),
            ("~!$&'()*+,;=:@-._", b"~!$&'()*+,;=:@-._"),
            ("%00", b"\x00"),
            ("a%00b", b"a\x00b"),
            ("%0D%0A", b"\r\n"),
            ("%22%5C", b'"\\'),
            ("%3Cscript%3E", b"<script>"),
            ("%E3%82%AD%E3%83%BC", "キー".encode()),
            ("%F0%9F%98%80", "😀".encode()),
            ("e%CC%81", "e\u0301".encode()),
            ("keys", b"keys"),
            ("stats", b"stats"),
            ("x" * 4000, b"x" * 4000),
        ],
    )
    def test_round_trip(self, path, key, rest, resp):
        name = key.decode()
        response = rest.post(PREFIX + path, {"value": 1})
        assert response.status == 200 and response.json == {"key": name, "stored": True}
        assert resp.keys() == [key]
        response = rest.get(PREFIX + path)
        assert response.status == 200 and response.json == {"key": name, "value": 1, "found": True}
        assert rest.get("/api/cache/keys").json == {"keys": [name]}
        assert rest.head(PREFIX + path).status == 200
        assert rest.delete(PREFIX + path).json == {"key": name, "invalidated": True}
        assert rest.get(PREFIX + path).json == {"key": name, "found": False} and resp.keys() == []

    @pytest.mark.parametrize(
        "path, key",
        [
            ("%FF", b"\xff"),
            ("%ff%FE", b"\xff\xfe"),
            ("caf%E9", b"caf\xe9"),
            ("%C3", b"\xc3"),
            ("%ED%A0%80", b"\xed\xa0\x80"),
        ],
    )
    def test_not_utf8(self, path, key, rest, resp):
        name = {"key": base64.b64encode(key).decode(), "key_encoding": "base64"}
        assert rest.get(PREFIX + path).json == {**name, "found": False}
        assert rest.post(PREFIX + path, {"value": 1}).json == {**name, "stored": True}
        assert rest.put(PREFIX + path, b"1").json == {**name, "stored": True}
        assert resp.keys() == [key]
        assert rest.get(PREFIX + path).json == {**name, "value": 1, "found": True}
        assert rest.get("/api/cache/keys").json == {"keys": [], "encoded_keys": [name["key"]]}
        assert rest.delete(PREFIX + path).json == {**name, "invalidated": True}
        assert resp.keys() == []

    @pytest.mark.parametrize("path", ["%", "a%", "%4", "%4x", "%x4", "%GG", "%%41", "%u0041", "a%2", "%C3%", "%+41"])
    def test_malformed_percent_encoding(self, path, rest, resp):
        for method in ["GET", "PUT", "DELETE"]:
            response = rest.request(method, PREFIX + path, b"1" if method == "PUT" else None)
            assert response.status == 400 and response.error
        assert rest.post(PREFIX + path, {"value": 1}).status == 400
        assert resp.dbsize() == 0

    def test_empty(self, rest, resp):
        for path in [PREFIX, PREFIX + "?a=b"]:
            for response in [rest.get(path), rest.post(path, {"value": 1}), rest.put(path, b"1"), rest.delete(path)]:
                assert response.status == 400 and response.error
        assert resp.dbsize() == 0

    def test_without_the_slash_it_is_no_route(self, rest):
        assert rest.get("/api/cache/key").status == 404


class TestPatterns:
    KEYS = [
        "user:1",
        "user:2",
        "user:10",
        "user",
        "User:1",
        "auser:1",
        "a*b",
        "a?b",
        "a[b",
        "a\\b",
        "a]b",
        "axb",
        "a",
        "キー:1",
        "a b",
    ]

    @pytest.mark.parametrize(
        "pattern, matches",
        [
            ("", KEYS),
            ("user:", ["user:1", "user:2", "user:10"]),
            ("user:1", ["user:1", "user:10"]),
            ("use", ["user", "user:1", "user:2", "user:10"]),
            ("USER", []),
            ("キ", ["キー:1"]),
            ("a b", ["a b"]),
            ("a]", ["a]b"]),
            ("]", []),
            ("a\\]", []),
            ("a\\]b", ["a]b"]),
            ("a]*", ["a]b"]),
            ("a[]]b", []),
            ("a[\\]]b", ["a]b"]),
            ("zzz", []),
            ("*", KEYS),
            ("user:*", ["user:1", "user:2", "user:10"]),
            ("*:1", ["user:1", "User:1", "auser:1", "キー:1"]),
            ("user:?", ["user:1", "user:2"]),
            ("user?1", ["user:1"]),
            ("[uU]ser:1", ["user:1", "User:1"]),
            ("user:[2-9]", ["user:2"]),
            ("user:[^1]", ["user:2"]),
            ("a?b", ["a*b", "a?b", "a[b", "a\\b", "a]b", "axb", "a b"]),
            ("a\\*b", ["a*b"]),
            ("a\\?b", ["a?b"]),
            ("a\\[b", ["a[b"]),
            ("a\\\\b", ["a\\b"]),
            ("a[*]b", ["a*b"]),
            ("user\\:1", ["user:1"]),
        ],
    )
    def test_prefix_or_glob(self, pattern, matches, rest, resp):
        resp.mset({key: 1 for key in self.KEYS})
        response = rest.get(f"/api/cache/keys?pattern={quote(pattern, safe='')}")
        assert response.status == 200 and list(response.json) == ["keys"]
        assert sorted(response.json["keys"]) == sorted(matches)

    def test_bytes(self, rest, resp):
        resp.mset({b"\xff1": 1, b"\xff2": 1, b"\xfe": 1, "a": 1})
        assert sorted(listed(rest, "pattern=%FF")[0]) == [b"\xff1", b"\xff2"]
        assert sorted(listed(rest, "pattern=%FF*")[0]) == [b"\xff1", b"\xff2"]

    def test_keys_of_every_type(self, rest, resp):
        resp.hset("hash", "a", 1)
        resp.set("string", 1)
        assert sorted(rest.get("/api/cache/keys").json["keys"]) == ["hash", "string"]

    def test_expired_keys_are_gone(self, rest, resp):
        resp.set("a", 1, px=1)
        resp.set("b", 1)
        while resp.exists("a"):
            pass
        assert rest.get("/api/cache/keys").json == {"keys": ["b"]}


class TestPages:
    COUNT = 25_000

    @pytest.fixture
    def names(self, resp):
        names = [b"page:%d" % number for number in range(self.COUNT - 2)] + [b"\xffpage", "ページ".encode()]
        with resp.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.set(name, 1)
            pipe.execute()
        return sorted(names)

    def test_each_key_is_found_once(self, names, rest):
        for query, least, most in [("", 2, 3), ("limit=1000", 20, 25), ("limit=100000", 1, 1), ("limit=24999", 1, 2)]:
            keys, pages = listed(rest, query)
            assert sorted(keys) == names and least <= pages <= most

    def test_a_page_is_about_as_long_as_its_limit(self, names, rest):
        for limit in [1, 10, 500]:
            page = rest.get(f"/api/cache/keys?limit={limit}").json
            # A page ends where SCAN can; from there on it says how to go on.
            # Keys that other tests have left behind may be among them, in base64 if they aren't UTF-8.
            count = len(page["keys"]) + len(page.get("encoded_keys", []))
            assert limit <= count <= limit + 100 and page["cursor"]

    def test_few_that_match_among_many(self, names, rest, resp):
        resp.set("needle:1", 1)
        resp.set("needle:2", 1)
        keys, _ = listed(rest, "pattern=needle:&limit=10")
        assert sorted(keys) == [b"needle:1", b"needle:2"]
        keys, _ = listed(rest, "pattern=*:1234*&limit=5")
        assert sorted(keys) == [name for name in names if name.startswith(b"page:1234")]

    def test_keys_that_stay_are_found_while_others_come_and_go(self, names, rest, resp):
        stay = names[::2]
        cursor, found, step = "", [], 0
        while cursor is not None:
            page = rest.get(f"/api/cache/keys?limit=1000{cursor}").json
            found += [key.encode() for key in page["keys"]] + [
                base64.b64decode(key) for key in page.get("encoded_keys", [])
            ]
            resp.delete(*names[1 + step * 400 : 401 + step * 400 : 2])
            resp.mset({f"new:{step}:{number}": 1 for number in range(100)})
            cursor = page.get("cursor") and "&cursor=" + quote(page["cursor"], safe="")
            step += 1
        assert set(stay) <= set(found)

    def test_limit(self, rest):
        for limit in ["0", "-1", "100001", "1.5", "x", "", "1e3", "+1", "0x10", "99999999999999999999", "10%20"]:
            response = rest.get(f"/api/cache/keys?limit={limit}")
            assert response.status == 400 and response.error, limit
        for limit in ["1", "100000"]:
            assert rest.get(f"/api/cache/keys?limit={limit}").json == {"keys": []}

    def test_cursors_that_never_were(self, rest, resp):
        resp.set("a", 1)
        for cursor in ["x", "-1", "1.5", "", "%00", "99999999999999999999999", "%FF", "a" * 1000]:
            response = rest.get(f"/api/cache/keys?cursor={cursor}")
            assert response.status == 400 and response.error, cursor

    def test_parameters_given_twice(self, rest):
        for query in ["limit=1&limit=2", "pattern=a&pattern=b", "cursor=0&cursor=0"]:
            assert rest.get(f"/api/cache/keys?{query}").status == 400

    def test_malformed_percent_encoding(self, rest):
        for query in ["pattern=%", "pattern=%4", "limit=%GG", "pattern=a%"]:
            assert rest.get(f"/api/cache/keys?{query}").status == 400
