"""Clients of other languages: each script tours Redis with one of them and checks by itself what it gets."""

import pathlib

import pytest

SCRIPTS = pathlib.Path(__file__).parent / "scripts"

# Debian's libraries aren't where every packaging of node looks for them.
INTERPRETED = {
    "lua-redis": ["lua5.1", SCRIPTS / "lua_redis.lua"],
    "node-redis": ["env", "NODE_PATH=/usr/share/nodejs", "node", SCRIPTS / "node_redis.js"],
    "perl-redis": ["perl", SCRIPTS / "perl_redis.pl"],
    "php-redis": ["php", SCRIPTS / "php_redis.php"],
    "ruby-redis": ["ruby", SCRIPTS / "ruby_redis.rb"],
}


@pytest.mark.parametrize("command", INTERPRETED.values(), ids=INTERPRETED)
def test_interpreted(command, port, run):
    assert run(*command, "127.0.0.1", port) == "ok\n"


@pytest.mark.parametrize("client", ["hiredis"])
def test_compiled(client, port, run, tmp_path):
    program = tmp_path / client
    run("gcc", "-Wall", "-Wextra", "-Werror", "-o", program, SCRIPTS / f"{client}_client.c", f"-l{client}")
    assert run(program, "127.0.0.1", port) == "ok\n"
