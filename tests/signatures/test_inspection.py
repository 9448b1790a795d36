"""``python -m signatures inspect``: which rule a signature fails."""

import re

import pytest

from signatures.asn1 import oids
from signatures.cli import command
from signatures.report.catalogue import LANGUAGES
from tests.signatures.acts import Court
from tests.signatures.makers import CONTENT, IIN, NOW, attribute, octets
from tests.signatures.services import imprint, tsa, value_of
from tests.signatures.test_valid import pem

AT = ["--at", NOW.isoformat()]


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


@pytest.fixture
def inspect(court, tmp_path, capfdbinary):
    """Run the command over a signature; returns its exit code and what it printed."""
    trust = court.write_trust(tmp_path / "trust")

    def run(cms: bytes, *options: str, content: bytes | None = CONTENT, trusted: bool = True) -> tuple[int, str]:
        (tmp_path / "a.p7s").write_bytes(cms)
        more = ["--trust", str(trust)] if trusted else []
        if content is not None:
            (tmp_path / "a.json").write_bytes(content)
            more += ["--content", str(tmp_path / "a.json")]
        code = command.main(["inspect", str(tmp_path / "a.p7s"), *AT, *more, *options])
        captured = capfdbinary.readouterr()
        return code, (captured.out or captured.err).decode()

    return run


def failing(text: str) -> dict[str, str]:
    """The names of the rules that fail, with their sub-indications."""
    return dict(re.findall(r"^(?:FAILED|INDETERMINATE) +([a-z0-9-]+) +\[([A-Z_]+)\]", text, re.MULTILINE))


def test_a_good_one(court, inspect):
    for cms in (court.person.sign(), pem(court.person.sign(), "CMS")):
        code, text = inspect(cms, "--iin", IIN)
        assert (code, failing(text)) == (0, {})
        assert re.search(r"^PASSED +signing-certificate-attribute$", text, re.MULTILINE)
        assert text.endswith("Verdict: PASSED\n")
        assert "АХМЕТОВ ДАНИЯР, 850101300018, 210540000101, ECDSA with SHA-256" in text


def wrong(court: Court) -> dict[str, tuple[bytes, int, dict[str, str]]]:
    person = court.person
    return {
        "without -cades": (
            person.sign(without=oids.SIGNING_CERTIFICATE_V2),
            2,
            {"signing-certificate-attribute": "SIG_CONSTRAINTS_FAILURE"},
        ),
        "not sorted": (person.sign(sort=False), 1, {"signed-attributes": "FORMAT_FAILURE"}),
        "other bytes": (person.sign(b"other"), 1, {"message-digest": "HASH_FAILURE"}),
        "not CMS at all": (b"hello", 1, {"format": "FORMAT_FAILURE"}),
        "too large": (b"0" * 10**6, 2, {"format": "SIG_CONSTRAINTS_FAILURE"}),
    }


@pytest.mark.parametrize("name", ["without -cades", "not sorted", "other bytes", "not CMS at all", "too large"])
def test_the_rule_that_fails_is_named(court, inspect, name):
    cms, code, rules = wrong(court)[name]
    found, text = inspect(cms)
    assert (found, failing(text)) == (code, rules)


def test_another_person(court, inspect):
    code, text = inspect(court.person.sign(), "--iin", "000000000000")
    assert (code, failing(text)) == (2, {"iin": "SIG_CONSTRAINTS_FAILURE"})


def test_without_content_and_trust_what_needs_none_is_judged(court, inspect, monkeypatch):
    monkeypatch.delenv("ECASE_TRUST_DIR", raising=False)
    code, text = inspect(court.person.sign(), content=None, trusted=False)
    assert (code, failing(text)) == (0, {})
    assert "message-digest" not in text
    assert "chain" not in text
    code, text = inspect(court.person.sign(without=oids.SIGNING_CERTIFICATE_V2), content=None, trusted=False)
    assert failing(text) == {"signing-certificate-attribute": "SIG_CONSTRAINTS_FAILURE"}


def test_timestamps_inside_are_counted(court, inspect):
    cms = court.person.sign()
    token = tsa(court.pki.issuer).token(imprint(value_of(cms)))
    stamped = court.person.sign(unsigned=[attribute(oids.SIGNATURE_TIMESTAMP, token), attribute("1.2.3", octets(b"x"))])
    assert "Timestamp and evidence: 1\n" in inspect(stamped)[1]
    assert "Timestamp and evidence: none is included\n" in inspect(cms)[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_three_languages(court, inspect, language):
    code, text = inspect(court.person.sign(sort=False), "--language", language)
    assert code == 1
    assert ("not in DER order" in text) is (language == "en")


def test_a_file_that_is_not_there(tmp_path, capfdbinary):
    assert command.main(["inspect", str(tmp_path / "nowhere")]) == 3
    assert b"Cannot be verified" in capfdbinary.readouterr().err
