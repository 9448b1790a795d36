"""Faults in three languages: every sentence that the verifier can say is there, and is found again with what varies."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from signatures.asn1 import der, oids
from signatures.cli import text_report
from signatures.container import Evidence, read, write
from signatures.container.offline import examine
from signatures.report import faults
from signatures.report.faults import said
from signatures.report.messages import LANGUAGES
from tests.signatures.acts import Court, statement
from tests.signatures.makers import NOW, SHA1, Pki, sequence

ROOT = Path(faults.__file__).parents[2]
# What can be in the report of the verifier, or be why it cannot begin.
SPEAKING = (
    *("asn1/der", "asn1/extensions", "canonical", "cms/attributes", "cms/parsing", "container/archive"),
    *("container/asics", "container/checkpoint_compare", "container/limits", "container/offline"),
    *(
        "container/strict_zip",
        "crypto/algorithms",
        "crypto/budget",
        "crypto/gost/verify",
        "evidence/proof_of_existence",
    ),
    *(
        "evidence/proof_of_existence",
        "evidence/record",
        "evidence/renewal",
        "evidence/timestamps",
        "policy",
        "tlog/transparency",
        "verification",
    ),
    *("x509/certificates", "x509/crl", "x509/facts", "x509/ocsp", "x509/revocation", "x509/trust", "x509/trust_policy"),
)
# What is said to those who write containers, ask authorities or sign, and not by the verifier.
OTHERS = (
    *("no key identifier", "another certificate", "files that are absent or not as signed: {}", "{} {}"),
    *("a renewal is over the record as it was: its report stays", "GOST", "RSA with", "ECDSA with"),
    *("a note's text ends", "this is not a private key", "the private key", "Evidence container of ecase"),
    *("the timestamp authority refused the request", "one to {} records"),
)
PARTS = {"rules of {}", "extra ", "extra {}", "index ", "index {}", "{} key"}


def written() -> Iterator[str]:
    """The sentences of the library's code, what varies as ``{}``; parts of longer ones left out."""
    for name in SPEAKING:
        tree = ast.parse((ROOT / f"{name}.py").read_text())
        told = _told(tree)
        yield from (text for node in ast.walk(tree) if (text := _sentence(node, told)))


def _told(tree: ast.AST) -> set[int]:
    """Docstrings, and the pieces of what is put together."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    return inside | {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _sentence(node: ast.AST, told: set[int]) -> str:
    plain = isinstance(node, ast.Constant) and isinstance(node.value, str)
    if id(node) in told or not (plain or isinstance(node, ast.JoinedStr)):
        return ""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in parts)
    is_fault = re.fullmatch(r"(\{\}|\$|[A-Za-z])[^\n]*[A-Za-z]{2}[^\n]*", text) and " " in text
    return text if is_fault and text not in PARTS and not text.startswith(OTHERS) else ""


@pytest.fixture(scope="module")
def court() -> Court:
    return Court()


def test_every_sentence_has_its_translations():
    assert sorted(set(written()) - {one.texts[0] for one in faults.sentences()}) == []


def test_no_sentence_is_there_for_nothing():
    words = {"missing", "IIN", "BIN", "timestamps", "renewals", "bytes", "a hash"}
    words |= {"entries", "files", "acts", "RSA with {}", "ECDSA with {}", "Bad CRC-32 for file {}"}
    assert sorted({one.texts[0] for one in faults.sentences()} - set(written()) - words) == []


@pytest.mark.parametrize("one", faults.sentences(), ids=lambda one: one.texts[0])
def test_a_sentence_is_found_again_with_what_varies(one):
    assert len(one.texts) == len(LANGUAGES)
    assert one.texts[0] not in one.texts[1:]
    values = [f"<{number}>" for number in range(one.texts[0].count("{}"))]
    for place, language in enumerate(LANGUAGES):
        assert said(one.texts[0].format(*values), language) == one.texts[place].format(*values)
    assert all(value in text.format(*values) for text in one.texts for value in values)


def test_a_sentence_within_a_sentence():
    fault = "CN=TEST,C=KZ: is not a certificate authority; timestamp 1: the token cannot be read: tag 1 is empty"
    assert said(fault, "ru") == (
        "CN=TEST,C=KZ: это не удостоверяющий центр; timestamp 1: метка времени не читается: тег 1 пуст"
    )
    assert said(fault, "en") == fault


def test_what_nobody_has_said_stays_as_it_is():
    for text in ("", "<script>", "; ", ": :", "x" * 5000, "error parsing asn1 value"):
        assert said(text, "kk") == text


@pytest.mark.parametrize(("language", "words"), [("ru", "подписаны другие"), ("kk", "қол басқа деректерге қойылған")])
def test_the_report_is_in_one_language(court, language, words):
    """An altered act: no English word but names, numbers and the terms of EN 319 102-1."""
    motion = court.motion()
    broken = court.act(statement(1, "motion", None), cms=court.person.sign(b'{"other":1}'), proof=motion.proof)
    stranger = court.act(statement(1, "motion", None), Pki.make("OTHER").person(), proof="")
    for act in (broken, stranger):
        text = text_report.as_text(examine(read(write(Evidence(act))), court.trust, NOW), language)
        terms = r"[A-Z_]{5,}|UTC|ecase-test/audit|1-motion|motion act-1|[^\s:,]*T\d\d:\d\d:\d\d[^\s)]*|SHA-256|X\n"
        assert re.findall(r"[A-Za-z]{3,}", re.sub(terms, "", text)) == []
    assert words in text_report.as_text(examine(read(write(Evidence(broken))), court.trust, NOW), language)


def test_what_a_hostile_signature_is_told(court):
    for cms, part in (
        (b"", "подпись пуста"),
        (sequence(der.encode_oid(oids.DATA), b"\xa0\x00"), "тип содержимого — не подписанные данные"),
        (court.person.sign(digest=SHA1), SHA1),
    ):
        from signatures import Expected, verify

        report = verify(cms, b"{}", trust=court.trust.store, expected=Expected(), at=NOW)
        assert part in said("; ".join(one.detail for one in report.failures), "ru")
