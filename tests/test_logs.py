"""O-F14: lines of the log carry the request's name and UTC, and an expected outage is one line."""

import logging
import re

import pytest
from django.db import OperationalError
from django.test import Client

from ecase import requests
from ecase.logs import LineFormatter, OutageFilter

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 (\w+) (\S+) \[(\S+)\] (.*)\Z", re.DOTALL)


def written(fault: Exception | None = None, level: int = logging.ERROR) -> str:
    """What the handler of the console would write of a record."""
    info = (type(fault), fault, None) if fault else None
    record = logging.LogRecord("django.request", level, __file__, 1, "%s: %s", ("Failed", "/x"), info)
    assert OutageFilter().filter(record)
    return LineFormatter().format(record)


def test_a_line_has_utc_level_name_and_request() -> None:
    token = requests.current.set("abcdefgh")
    try:
        found = LINE.match(written())
    finally:
        requests.current.reset(token)
    assert found
    assert found.groups() == ("ERROR", "django.request", "abcdefgh", "Failed: /x")


def test_an_outage_is_one_line() -> None:
    found = LINE.match(written(OperationalError("server closed the connection\nHINT: more")))
    assert found
    assert found.groups()[::3] == ("WARNING", "Failed: /x (OperationalError: server closed the connection)")


def test_a_fault_of_ours_has_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        _ = 1 / 0
    fault = (raised.type, raised.value, raised.tb)
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Failed", (), fault)

    assert OutageFilter().filter(record)
    assert "Traceback" in LineFormatter().format(record)


@pytest.mark.parametrize("given", ["3f2c9a1b4d5e6f70", "proxy-1.2_3", "A" * 64])
def test_a_request_keeps_its_name(given: str) -> None:
    response = Client(headers={requests.HEADER: given}).get("/api/health/live")
    assert response[requests.HEADER] == given


@pytest.mark.parametrize("given", ["", "short", "a b c d e f g h", "A" * 65, "forged\nline-of-log", "../../etc/passwd"])
def test_a_name_that_could_forge_a_line_is_replaced(given: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", requests.named(given))
    assert re.fullmatch(r"[0-9a-f]{32}", requests.named(None))
