"""``docs/how-to/run-on-real-servers.md`` leads to a service that works and stands firm (O-F7, O-F10, O-F15).

In the order of the file: the last test takes the database away.
"""

import os
import re
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from examples.prosecutor import Client, Key
from tests.embedded.launchers import BASE_DIR, wait_for
from tests.real_servers.authority import PEOPLE
from tests.real_servers.installation import PAGE, Installation
from tests.real_servers.page import blocks
from tests.real_servers.servers import PATIENCE

pytestmark = pytest.mark.slow
# Seconds in which another user is answered, however many send slowly; four times what a loaded machine needs.
PROMPT = 5.0
LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 [A-Z]+ \S+ \[\S+\] ", re.MULTILINE)


@pytest.fixture
def proxied(installation: Installation) -> Iterator[httpx.Client]:
    """A client that comes through nginx."""
    trust = ssl.create_default_context(cafile=str(installation.root / "etc" / "tls" / "ca.pem"))
    url = f"https://127.0.0.1:{installation.nginx.tls}"
    headers = {"Host": "ecase.example", "Accept-Language": "en"}
    with httpx.Client(base_url=url, verify=trust, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def direct(installation: Installation) -> Iterator[httpx.Client]:
    """A client on the machine itself, such as a supervisor: no host of ours, no TLS."""
    with httpx.Client(base_url=f"http://127.0.0.1:{installation.web}", timeout=30) as client:
        yield client


def test_every_block_of_the_page_was_run(installation: Installation) -> None:
    wanted = [block.text for block in blocks(PAGE) if block.language != "console"]
    assert installation.ran == wanted
    assert len(wanted) > 12


def test_the_units_run_what_the_page_says(installation: Installation) -> None:
    for block in blocks(PAGE):
        name = block.given.get("program")
        if name in installation.programs:
            unit = (BASE_DIR / "deploy" / "systemd" / f"ecase-{name}.service").read_text()
            command = block.text.strip().splitlines()[-1]
            assert f"\nExecStart=/opt/ecase/{command}\n" in unit


def test_the_first_administrator_signs_in(installation: Installation, proxied: httpx.Client) -> None:
    key = installation.root / "authority" / "keys" / f"{PEOPLE[0]['iin']}.p12"
    client = Client(str(proxied.base_url), Key(key.read_bytes(), "demo"), tell=lambda _line: None, verify=False)
    client.http.headers["Host"] = "ecase.example"

    session = client.sign_in()

    assert session["post"]["role"] == "administrator"
    client.sign_out()


def test_the_log_has_signed_it(installation: Installation, proxied: httpx.Client) -> None:
    note = proxied.get("/api/v1/audit/checkpoint").text.splitlines()
    assert note[0] == "ecase-kz/audit"
    wait_for(lambda: int(proxied.get("/api/v1/audit/checkpoint").text.splitlines()[1]) >= 1)
    assert (installation.root / "witness" / "checkpoints" / "latest").exists()


def test_all_that_it_needs_is_there(direct: httpx.Client) -> None:
    answer = direct.get("/api/health/ready").json()
    assert answer["status"] == "ok"
    assert all(check["ok"] for check in answer["checks"])


def test_the_proxy_says_who_came_and_how(proxied: httpx.Client, installation: Installation) -> None:
    forged = {"X-Forwarded-Proto": "http", "X-Forwarded-For": "8.8.8.8", "X-Request-ID": "forged-by-a-client"}
    answer = proxied.get("/sign-in/", headers=forged)

    assert answer.status_code == 200
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])
    plain = httpx.get(f"http://127.0.0.1:{installation.nginx.http}/x", headers={"Host": "ecase.example"})
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://ecase.example/x")


def test_no_queues_are_made_that_nobody_uses(installation: Installation) -> None:
    """O-F24."""
    found = installation.rabbitmq.control("-q", "list_queues", "-p", "ecase", "name", "type")
    assert "quorum" in found
    assert "celery_delayed" not in found


@pytest.mark.parametrize("name", ["web", "worker", "watch"])
def test_lines_of_every_log_are_alike(installation: Installation, proxied: httpx.Client, name: str) -> None:
    absent = proxied.get("/nowhere/").headers["X-Request-ID"]
    wait_for(lambda: absent in installation.log("web"))

    lines = [line for line in installation.log(name).splitlines() if re.match(r"\d{4}-", line)]
    assert all(LINE.match(line) for line in lines), lines
    assert name == "watch" or lines


# -- who sends slowly ----------------------------------------------------------------------------------------------


@contextmanager
def sending_slowly(port: int, number: int, context: ssl.SSLContext | None = None) -> Iterator[list[socket.socket]]:
    """So many anonymous requests of which one byte of a thousand has come."""
    head = b"POST /api/v1/verify/ HTTP/1.1\r\nHost: ecase.example\r\nX-Forwarded-Proto: https\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    with ExitStack() as stack:
        found = []
        for _number in range(number):
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            sender = stack.enter_context(context.wrap_socket(plain)) if context else plain
            sender.sendall(head)
            found.append(sender)
        yield found


@pytest.mark.parametrize("number", [8, 50])
def test_slow_bodies_behind_the_proxy(installation: Installation, proxied: httpx.Client, number: int) -> None:
    context = ssl.create_default_context(cafile=str(installation.root / "etc" / "tls" / "ca.pem"))
    context.check_hostname = False
    with sending_slowly(installation.nginx.tls, number, context):
        _answered_promptly(proxied, "/sign-in/")


@pytest.mark.parametrize("number", [8, 50])
def test_slow_bodies_without_a_proxy(installation: Installation, direct: httpx.Client, number: int) -> None:
    page = {"Host": "ecase.example", "X-Forwarded-Proto": "https"}
    with sending_slowly(installation.web, number):
        _answered_promptly(direct, "/sign-in/", page)
        _answered_promptly(direct, "/api/health/live")


def test_a_slow_body_is_waited_for_some_time_and_not_for_ever(installation: Installation) -> None:
    with sending_slowly(installation.web, 1) as (sender,):
        sender.settimeout(PATIENCE)
        assert sender.recv(64).startswith(b"HTTP/1.1 408 ")


def _answered_promptly(client: httpx.Client, path: str, headers: Any = None) -> None:
    started = time.monotonic()
    assert client.get(path, headers=headers).status_code == 200
    assert time.monotonic() - started < PROMPT


# -- what falls over -----------------------------------------------------------------------------------------------


def test_a_web_worker_that_is_killed_comes_back(installation: Installation, direct: httpx.Client) -> None:
    def workers() -> set[int]:
        children = f"/proc/{installation.programs['web'].pid}/task/{installation.programs['web'].pid}/children"
        return {int(pid) for pid in Path(children).read_text().split()}

    before = workers()
    victim = max(before)
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: victim not in workers() and len(workers()) >= len(before), PATIENCE)
    assert direct.get("/api/health/live").status_code == 200


def test_the_database_away(installation: Installation, proxied: httpx.Client, direct: httpx.Client) -> None:
    """503 with ``Retry-After`` at both doors, in the reader's language; and it goes on by itself."""
    cookie = {"Cookie": f"sessionid={'a' * 32}"}
    installation.postgres.stop()
    try:
        document = proxied.get("/api/v1/motions/", headers={"Authorization": f"Bearer {'0' * 64}"})
        assert (document.status_code, document.headers["Content-Type"]) == (503, "application/problem+json")
        assert document.json()["problems"][0]["code"] == "database"
        pages = [proxied.get("/", headers={**cookie, "Accept-Language": language}) for language in ("kk", "ru", "en")]
        titles = ("Дәл қазір мүмкін емес", "В данный момент невозможно", "Not possible at this moment")
        for page, title in zip(pages, titles, strict=True):
            assert page.status_code == 503
            assert title in page.text
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in (document, *pages))
        assert direct.get("/api/health/live").status_code == 200
        lacking = direct.get("/api/health/ready")
        assert lacking.status_code == 503
        assert "database" in {check["name"] for check in lacking.json()["checks"] if not check["ok"]}
        assert "Traceback" not in installation.log("web")
    finally:
        installation.postgres.start()
    wait_for(lambda: direct.get("/api/health/ready").status_code == 200, PATIENCE)
    assert proxied.get("/", headers=cookie).status_code == 302
