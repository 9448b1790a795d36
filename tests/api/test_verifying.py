"""S-F1: what anybody may have verified: one throttle and one number of places for page and REST, a process apart."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ecase.limits.rates import Rate
from ecase.trust import inspection
from signatures.cli import sandbox
from tests.signatures.test_container_limits import BOMBS, packed

pytestmark = pytest.mark.django_db
PAGE, REST = "/verify/", "/api/v1/verify/"
ROOT = Path(sandbox.__file__).parents[2]


def posted(path: str, data: bytes = b"PK", language: str = "en"):
    return Client(headers={"Accept-Language": language}).post(path, {"file": SimpleUploadedFile("act.zip", data)})


@pytest.fixture
def own_home(settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path


def test_s_f1_page_and_rest_count_together(settings, own_home):
    settings.LIMITS = {**settings.LIMITS, "verify": Rate.parse("3/hour")}
    assert [posted(path).status_code for path in (PAGE, REST, PAGE, REST, PAGE)] == [422, 422, 422, 429, 429]
    for path in (PAGE, REST):
        assert 0 < int(posted(path).headers["Retry-After"]) <= 3600


@pytest.mark.parametrize(
    ("language", "words"), [("kk", "Басқа контейнерлер"), ("ru", "Проверяются другие"), ("en", "Other")]
)
def test_s_f1_while_no_place_is_free_nothing_is_read(settings, own_home, language, words):
    settings.VERIFY_AT_ONCE = 1
    with inspection._place():
        for path in (PAGE, REST):
            answer = posted(path, language=language)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert words in answer.content.decode()
    assert posted(REST).status_code == 422


def test_s_f1_a_larger_file_is_refused_by_its_announced_length(settings, own_home):
    settings.CONTAINER_LIMITS = type(settings.CONTAINER_LIMITS)(file_bytes=1000, other_bytes=1000, entries=1)
    data = b"PK\x03\x04" + bytes(200_000)
    assert posted(REST, data).status_code == 413
    assert "Check it offline" in posted(PAGE, data).content.decode()


@pytest.mark.parametrize("name", BOMBS)
def test_s_f1_bombs_are_refused_over_http(demo_pki, own_home, name):
    answer = posted(REST, packed(BOMBS[name]))
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, "not-a-container")


def confined(statement: str) -> "subprocess.CompletedProcess[str]":
    """A statement in a process that has taken the limits upon itself."""
    code = f"from signatures.cli import sandbox\nsandbox.confine()\n{statement}"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True)


def test_s_f1_the_process_has_limits_of_its_own():
    asked = "import os, resource as r\nprint(r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_AS)[0], os.nice(0))"
    assert confined(asked).stdout.split() == [str(sandbox.CPU_SECONDS), str(sandbox.MEMORY_BYTES), "19"]
    assert "MemoryError" in confined("bytearray(sandbox.MEMORY_BYTES)").stderr
    assert confined("open('/dev/null').close()\nprint('goes on')").stdout == "goes on\n"


def test_s_f1_what_costs_too_much_is_said_to_do_so(demo_pki, own_home, monkeypatch, tmp_path):
    """The process ends by its own limits; the answer does not say that the container is bad."""
    from signatures import container
    from tests.signatures.acts import Court
    from tests.signatures.test_container_limits import acts

    monkeypatch.setattr(sys, "executable", "/bin/false")
    answer = posted(REST, container.write(acts(Court(), 1, {})))
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, "costs-too-much")
    assert list(tmp_path.glob("verify/place-*"))
