"""Several servers before one Redis, behind a load balancer: a real nginx, as the document suggests."""

import os
import signal
import subprocess
import urllib.error
import urllib.request

import document
import pytest
from cache_client import CacheClient
from programs import ask, free_port, ocm_server, wait_until

CONFIGURATION = """
daemon off;
pid nginx.pid;
error_log nginx.log;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    upstream cache_api {{
        server 127.0.0.1:{first};
        server 127.0.0.1:{second};
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://cache_api;
        }}
    }}
}}
"""


@pytest.fixture(scope="module")
def servers(redis_port, tmp_path_factory):
    options = ["--upstream", f"redis://127.0.0.1:{redis_port}"]
    with (
        ocm_server(tmp_path_factory.mktemp("first"), *options) as first,
        ocm_server(tmp_path_factory.mktemp("second"), *options) as second,
    ):
        yield first, second


@pytest.fixture(scope="module")
def balancer(servers, tmp_path_factory):
    """The address of the load balancer."""
    port, directory = free_port(), tmp_path_factory.mktemp("nginx")
    # As root it would give its workers another user, who can't enter this directory.
    user = "user root;" if os.geteuid() == 0 else ""
    first, second = (server.rest_port for server in servers)
    (directory / "nginx.conf").write_text(CONFIGURATION.format(user=user, first=first, second=second, port=port))
    command = ["nginx", "-p", str(directory), "-c", "nginx.conf", "-e", "nginx.log"]
    process = subprocess.Popen(command, env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin"})
    url = f"http://127.0.0.1:{port}"

    def is_up():
        try:
            return urllib.request.urlopen(url + "/livez", timeout=5).status == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    wait_until("nginx is up", is_up)
    yield url
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def test_what_the_document_draws():
    assert document.DEPLOYMENT.count("キャッシュAPI") == 2 and "Redis" in document.DEPLOYMENT


def test_servers_that_share_a_redis(servers, balancer, redis_port):
    assert ask(redis_port, "FLUSHALL") == b"+OK"
    users = {f"user:{number}": {"name": f"John {number}"} for number in range(20)}
    with CacheClient(balancer) as client, CacheClient(servers[0].url) as first, CacheClient(servers[1].url) as second:
        before = [server.get_stats()["rest"]["requests"] for server in (first, second)]
        for key, user in users.items():
            assert client.set(key, user, ttl=60)
        assert sorted(client.keys("user:")) == sorted(users)
        for server in (first, second):
            assert server.batch_get(users) == users
        after = [server.get_stats()["rest"]["requests"] for server in (first, second)]
        # Each has had its share of 20 writes, not just what was asked of it directly.
        assert all(later - earlier >= 5 for earlier, later in zip(before, after, strict=True))


def test_that_what_one_changes_the_other_sees(servers, balancer):
    with CacheClient(balancer) as client, CacheClient(servers[0].url) as first, CacheClient(servers[1].url) as second:
        for number in range(20):
            assert first.set("shared", number)
            wait_until("the other sees it", lambda expected=number: second.get("shared") == expected)
            assert first.get("shared") == number
        assert client.invalidate("shared")
        for server in (first, second):
            wait_until("it is gone everywhere", lambda server=server: server.get("shared") is None)
