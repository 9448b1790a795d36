"""Faults: every code has its sentence in three languages, and reports from before codes existed can be read."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import signatures
from signatures import Expected, verify
from signatures.asn1 import der, oids
from signatures.cli import text_report
from signatures.container import Evidence, read, write
from signatures.container.offline import examine
from signatures.report.catalogue import LANGUAGES
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.report.labels import MEANINGS, WORDS
from signatures.report.legacy_reports import fault_in, recognised
from signatures.report.messages import FRAMES, RETIRED, SENTENCES
from tests.signatures.acts import Court, statement
from tests.signatures.makers import NOW, SHA1, Pki, sequence

ROOT = Path(signatures.__file__).parent
TOLD = (*WORDS.values(), *MEANINGS.values(), *(text for code, text in SENTENCES.items() if code not in FRAMES))
# Codes that are composed with the name of a number.
CHOSEN = {"iin-missing", "iin-differs", "bin-missing", "bin-differs"}


def names(sentence: str) -> set[str]:
    """The names of the variables in a sentence."""
    return set(re.findall(r"%\((\w+)\)s", sentence))


def built() -> Iterator[tuple[str, set[str], str]]:
    """Code, parameters and place of every ``Fault("...")`` in the library."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fault" and node.args:
                (code,) = node.args
                if isinstance(code, ast.Constant):
                    yield code.value, {str(keyword.arg) for keyword in node.keywords}, f"{path}:{node.lineno}"


def listed() -> set[str]:
    """Codes in the library's tables of limits."""
    source = "".join((ROOT / path).read_text() for path in ("container/limits.py", "evidence/proof_of_existence.py"))
    return set(re.findall(r'"((?:container|too-many)-[a-z-]+)": \(', source))


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


def test_every_fault_has_its_sentence_and_every_sentence_its_parameters():
    wrong = [(place, code) for code, given, place in built() if given != names(SENTENCES.get(code, "%(none)s"))]
    assert wrong == []


def test_no_sentence_is_there_for_nothing():
    used = {code for code, _given, _place in built()} | listed() | CHOSEN
    assert not used & RETIRED
    used |= RETIRED
    assert sorted(SENTENCES.keys() - used) == []
    assert listed() | CHOSEN <= SENTENCES.keys()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_catalogue_holds_these_texts_and_no_others(language):
    with (ROOT / "locale" / language / "LC_MESSAGES" / "signatures.po").open("rb") as stream:
        found = {message.id: message.string for message in read_po(stream, locale=language) if message.id}
    assert sorted(set(TOLD) ^ set(found)) == []
    assert [msgid for msgid, text in found.items() if not text or text == msgid or names(msgid) != names(text)] == []


@pytest.mark.parametrize("code", sorted(SENTENCES.keys() - FRAMES))
def test_an_old_sentence_is_read_back_as_its_code(code):
    values = {name: f"<{name}>" for name in names(SENTENCES[code])}
    fault = Fault(code, **values)
    assert recognised(str(fault)) == fault
    for language in LANGUAGES:
        assert all(value in fault.sentence(language) for value in values.values())


@pytest.mark.parametrize(
    "old",
    [
        "more than 4 timestamps; more than 33554432 bytes",
        "the container has more than 50 acts",
        "the certificate's IIN is 850101300018, not 900202400025",
        "certificate policy missing is not for signing",
        "the verifier key is not base64",
        "policy.yaml: the file: names and values are expected",
    ],
)
def test_no_english_is_left_of_a_sentence_of_before_there_were_codes(old):
    for language in LANGUAGES[1:]:
        sentence = recognised(old).sentence(language)
        assert re.findall(r"[A-Za-z]{3,}", re.sub(r"policy\.yaml|base64", "", sentence)) == []
    assert str(recognised(old)) == old


def test_a_sentence_within_a_sentence():
    old = "CN=TEST,C=KZ: is not a certificate authority; timestamp 1: the token cannot be read: tag 0x01 is empty"
    assert recognised(old).sentence("ru") == (
        "CN=TEST,C=KZ: это не удостоверяющий центр; timestamp 1: метка времени не читается: тег 0x01 пуст"
    )
    assert str(recognised(old)) == old


def test_what_nobody_has_said_stays_as_it_is():
    for text in ("", "<script>", "; ", ": :", "x" * 5000, "error parsing asn1 value"):
        assert recognised(text).sentence("kk") == text


def test_a_fault_survives_json():
    fault = Fault(
        "several", faults=(Fault("at-place", place="CN=A", fault=Fault("not-an-authority")), Fault("no-role"))
    )
    assert Fault.of(json.loads(json.dumps(fault.as_dict()))) == fault


def test_a_stored_check_is_read_by_its_code_or_else_by_its_sentence():
    fault = Fault("certificate-expired", at="2026-01-01T00:00:00+00:00")
    assert fault_in({"detail": "put in other words", "fault": fault.as_dict()}) == fault
    assert fault_in({"detail": str(fault)}) == fault
    assert fault_in({"detail": ""}) is None
    newer = {"detail": "a fault of 2036", "fault": {"code": "of-2036", "parameters": {}}}
    assert str(fault_in(newer)) == "a fault of 2036"


def test_an_exception_carries_its_fault():
    assert fault_of(FaultError(Fault("no-role"))) == Fault("no-role")
    assert str(FaultError(Fault("no-role"))) == SENTENCES["no-role"]
    assert fault_of(ValueError("of a library")) == Fault("quoted", text="of a library")


@pytest.mark.parametrize(("language", "words"), [("ru", "подписаны другие"), ("kk", "қол басқа деректерге қойылған")])
def test_the_report_is_in_one_language(court, language, words):
    """An altered act: its report has no English words except names, numbers and the terms of EN 319 102-1."""
    motion = court.motion()
    broken = court.act(statement(1, "motion", None), cms=court.person.sign(b'{"other":1}'), proof=motion.proof)
    foreign = court.act(statement(1, "motion", None), Pki.make("OTHER").person(), proof="")
    for act in (broken, foreign):
        text = text_report.as_text(examine(read(write(Evidence(act))), court.trust, NOW), language)
        terms = r"[A-Z_]{5,}|UTC|ecase-test/audit|1-motion|motion act-1|[^\s:,]*T\d\d:\d\d:\d\d[^\s)]*|SHA-256|X\n"
        assert re.findall(r"[A-Za-z]{3,}", re.sub(terms, "", text)) == []
    assert words in text_report.as_text(examine(read(write(Evidence(broken))), court.trust, NOW), language)


def test_what_a_hostile_signature_is_told(court):
    for cms, code, part in (
        (b"", "signature-empty", "подпись пуста"),
        (
            sequence(der.encode_oid(oids.DATA), b"\xa0\x00"),
            "not-signed-data",
            "тип содержимого — не подписанные данные",
        ),
        (court.person.sign(digest=SHA1), "digest-algorithm-not-allowed", SHA1),
    ):
        report = verify(cms, b"{}", trust=court.trust.store, expected=Expected(), at=NOW)
        sentences = {check.fault.code: check.fault.sentence("ru") for check in report.failures}
        assert part in sentences[code]


def test_a_report_holds_code_parameters_and_the_english_sentence(court):
    report = verify(court.person.sign(b"x"), b"y", trust=court.trust.store, expected=Expected(), at=NOW).as_dict()
    (failed,) = [check for check in report["checks"] if not check["passed"]]
    assert failed["fault"] == {"code": "content-differs", "parameters": {}}
    assert failed["detail"] == SENTENCES["content-differs"]
    assert all("fault" not in check for check in report["checks"] if check["passed"])
