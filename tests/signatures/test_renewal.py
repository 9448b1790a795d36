"""Cases 58 to 61: evidence that outlives its certificates, its algorithms and the network."""

import json
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signatures import DEFAULT, Evidence, Expected, TrustStore, container, verify
from signatures.asn1 import oids
from signatures.canonical import canonical
from signatures.container.offline import Trust, examine
from signatures.demo.issuing import SIGNING, Issuer, Span, person_name
from signatures.evidence import Sources
from signatures.evidence.renewal import MAX_PATH, Stamped, renew
from signatures.tlog import transparency
from tests.signatures.acts import LOG, proof, statement
from tests.signatures.conftest import failed
from tests.signatures.makers import BIN, CONTENT, IIN, P256_KEY, PERSON, Owner
from tests.signatures.services import asked, imprint, responder, tsa, value_of
from tests.signatures.test_transparency import Tree

EXPECTED = Expected(iin=IIN, bin=BIN)
P384_KEY = ec.generate_private_key(ec.SECP384R1())


def year(number: int, month: int = 11) -> datetime:
    return datetime(number, month, 21, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Era:
    """An authority with a timestamp authority, valid for some years, and its lists at a given time."""

    root: Issuer
    span: Span

    @classmethod
    def of(cls, name: str, begin: int, end: int) -> "Era":
        span = Span(year(begin), year(end))
        return cls(Issuer.root(name, span), span)

    def sources(self, at: datetime) -> Sources:
        current = self.root.revocation_list(Span(at - timedelta(hours=1), at + timedelta(days=1)))
        return Sources(crls=(current.public_bytes(Encoding.DER),))

    def stamp(self, at: datetime, key: ec.EllipticCurvePrivateKey | None = None):
        """The function from which :func:`renew` gets the token over the root of its tree."""
        by = tsa(self.root, at, self.span, key=key)
        return lambda data: Stamped(by.token(imprint(data, oids.SHA512)), self.sources(at))


FIRST, SECOND, THIRD = (
    Era.of("TEST ERA 1", 2025, 2029),
    Era.of("TEST ERA 2", 2027, 2033),
    Era.of("TEST ERA 3", 2031, 2040),
)
TRUST = TrustStore.of("test", [era.root.certificate for era in (FIRST, SECOND, THIRD)])
SIGNED = year(2026)
TEN_YEARS_LATER = year(2036)


def owner() -> Owner:
    """A person whose certificate ends a year after signing."""
    span = Span(year(2025), year(2027))
    return Owner(P256_KEY, FIRST.root.issue(person_name(**PERSON), P256_KEY, SIGNING, span), [])


def received(content: bytes = CONTENT, key: ec.EllipticCurvePrivateKey | None = None) -> Evidence:
    """The evidence at receipt: timestamp, OCSP response, list, report."""
    person = owner()
    cms = person.sign(content)
    by = tsa(FIRST.root, SIGNED, FIRST.span, key=key)
    answer = asked(person, responder(FIRST.root, SIGNED, span=Span(year(2025), year(2027))))
    sources = replace(FIRST.sources(SIGNED), ocsp=(answer,))
    return Evidence(cms, content, (by.token(imprint(value_of(cms))),), sources, "signatures 1", "ecase-kz-1")


@pytest.fixture(scope="module")
def fresh() -> Evidence:
    return received()


@pytest.fixture(scope="module")
def renewed(fresh) -> Evidence:
    """Renewed in 2028 and in 2032, each time together with other records."""
    once = renew([received(b'{"n":1}'), fresh, received(b'{"n":2}')], SECOND.stamp(year(2028)))[1]
    return renew([received(b'{"n":3}'), once], THIRD.stamp(year(2032)))[1]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_arguments, **_options):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def judged(evidence: Evidence, at: datetime, **changes):
    given = {"trust": TRUST, "expected": EXPECTED, **changes}
    return verify(evidence.cms, evidence.content, at=at, evidence=evidence, **given)


def outcome(report):
    return report.indication, report.sub_indication


def test_at_receipt(fresh):
    report = judged(fresh, SIGNED)
    assert report.passed, report.failures


def test_the_report_is_kept_with_it(fresh):
    report = judged(fresh, SIGNED)
    kept = fresh.judged(report.as_dict())
    assert Evidence.loads(kept.dumps(), 10**6).report["indication"] == "TOTAL_PASSED"
    (later,) = renew([kept], SECOND.stamp(year(2028)))
    assert judged(later, year(2032)).passed
    with pytest.raises(ValueError, match="its report stays"):
        later.judged({})


def test_case_58_ten_years_later(renewed):
    """No network; signer, OCSP responder and both earlier authorities and timestamp authorities have expired."""
    for era in (FIRST, SECOND):
        assert era.root.certificate.not_valid_after_utc < TEN_YEARS_LATER
    report = judged(renewed, TEN_YEARS_LATER)
    assert report.passed, report.failures
    assert report.best_signature_time == SIGNED + timedelta(seconds=1)


def test_case_58_without_renewal(fresh, renewed):
    report = judged(fresh, TEN_YEARS_LATER)
    assert outcome(report) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    assert failed(report) >= {"timestamp", "validity"}
    half = judged(renewed.before(1), TEN_YEARS_LATER)
    assert outcome(half) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    assert "renewal" in failed(half)


def test_case_58_renewed_too_late(fresh):
    """In 2030 the first timestamp has expired: a new one proves nothing about the time before."""
    (late,) = renew([fresh], SECOND.stamp(year(2030)))
    report = judged(late, year(2032))
    assert outcome(report) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    assert failed(report) >= {"timestamp", "validity"}


def test_case_58_every_certificate_expired_and_the_log_proves_the_time(renewed):
    """In 2046 the youngest timestamp has expired too; the audit log's proof needs no certificate."""
    person = owner()
    content = canonical(statement(1, "motion", None))
    cms = person.sign(content)
    first = tsa(FIRST.root, SIGNED, FIRST.span)
    kept = Evidence(cms, content, (first.token(imprint(value_of(cms))),), FIRST.sources(SIGNED))
    for era, at in ((SECOND, 2028), (THIRD, 2032)):
        (kept,) = renew([kept], era.stamp(year(at)))
    act = container.SignedAct(content, cms, evidence=kept.dumps())
    act = replace(act, proof=proof(act))
    found = container.read(container.write(container.Evidence(act)))
    assert found.act == act
    trust = Trust(TRUST, (str(LOG.verifier),))
    assert examine(found, trust, year(2046)).indication == "TOTAL_PASSED"
    # Without the evidence, revocation in 2026 is unknown: the trust folder has no list of that time.
    bare = container.read(container.write(container.Evidence(replace(act, evidence=b""))))
    assert examine(bare, trust, year(2046)).indication == "INDETERMINATE"


def test_container_with_spoilt_evidence(fresh):
    content = canonical(statement(1, "motion", None))
    cms = owner().sign(content)
    for spoilt in (b"{}", b"x", fresh.dumps()):
        act = container.SignedAct(content, cms, evidence=spoilt)
        act = replace(act, proof=proof(act))
        found = container.read(container.write(container.Evidence(act)))
        verdict = examine(found, Trust(TRUST, (str(LOG.verifier),)), SIGNED)
        assert verdict.indication == "INDETERMINATE"


def test_case_59_missing(fresh, renewed):
    assert failed(judged(replace(fresh, sources=Sources()), SIGNED)) >= {"revocation", "timestamp"}
    without_list = replace(fresh, sources=replace(fresh.sources, crls=()))
    assert failed(judged(without_list, SIGNED)) == {"timestamp"}
    without_token = replace(fresh, timestamps=())
    assert judged(without_token, SIGNED).passed
    assert outcome(judged(without_token, TEN_YEARS_LATER)) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    gone = replace(renewed, renewals=renewed.renewals[1:])
    assert "renewal" in failed(judged(gone, TEN_YEARS_LATER))


def test_case_59_any_part_altered_after_renewal(renewed):
    """The renewals cover every bit of the record, even unsigned parts."""
    changes = [
        {"report": {"indication": "TOTAL_FAILED"}},
        {"verifier": "signatures 2"},
        {"policy": "other"},
        {"timestamps": ()},
        {"sources": replace(renewed.sources, ocsp=())},
        {"sources": replace(renewed.sources, certificates=(b"x",))},
    ]
    for change in changes:
        report = judged(replace(renewed, **change), TEN_YEARS_LATER)
        assert report.indication == "INDETERMINATE"
        assert "renewal" in failed(report)


def test_case_59_one_bit_of_each_item(fresh):
    def flipped(data: bytes) -> bytes:
        return data[:-3] + bytes([data[-3] ^ 4]) + data[-2:]

    sources = fresh.sources
    altered = {
        "timestamp": replace(fresh, timestamps=(flipped(fresh.timestamps[0]),)),
        "evidence": replace(fresh, sources=replace(sources, crls=(flipped(sources.crls[0]),))),
        "signature": replace(fresh, cms=flipped(fresh.cms)),
    }
    for name, record in altered.items():
        report = judged(record, SIGNED)
        assert not report.passed, name
        assert name in failed(report), name


def test_case_59_answer_exchanged(fresh):
    """A good answer about another certificate does not replace the missing one."""
    other = asked(owner(), responder(FIRST.root, SIGNED, span=Span(year(2025), year(2027))))
    swapped = replace(fresh, sources=Sources(ocsp=(other,)))
    assert "revocation" in failed(judged(swapped, SIGNED))


def test_case_59_evidence_of_another_signature(fresh):
    other = received(b'{"n":1}')
    report = verify(fresh.cms, CONTENT, trust=TRUST, expected=EXPECTED, at=TEN_YEARS_LATER, evidence=other)
    assert "evidence" in failed(report)


def test_case_60_algorithm_past_its_sunset():
    """Curve P-256 is no longer accepted from 2030. Only evidence renewed with P-384 before that stays valid."""
    policy = replace(DEFAULT, sunsets={"secp256r1": year(2030)})
    record = received()
    report = judged(record, year(2028), policy=policy)
    assert report.passed
    eternal = Era.of("TEST ERA 4", 2025, 2040)
    long_lived = tsa(eternal.root, SIGNED, eternal.span)
    sources = Sources(crls=(*record.sources.crls, *eternal.sources(SIGNED).crls))
    kept = replace(record, timestamps=(long_lived.token(imprint(value_of(record.cms))),), sources=sources)
    trust = TrustStore.of("test", [FIRST.root.certificate, eternal.root.certificate])
    assert judged(kept, year(2032), trust=trust).passed
    report = judged(kept, year(2032), trust=trust, policy=policy)
    assert report.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    assert failed(report) >= {"timestamp", "algorithm-age"}
    (renewed,) = renew([kept], eternal.stamp(year(2029), P384_KEY))
    assert judged(renewed, year(2032), trust=trust, policy=policy).passed


def test_case_60_digest_of_the_tree_past_its_sunset(renewed):
    policy = replace(DEFAULT, sunsets={"SHA-512": year(2034)})
    report = judged(renewed, TEN_YEARS_LATER, policy=policy)
    assert outcome(report)[0] == "INDETERMINATE"
    assert "renewal" in failed(report)
    unknown = replace(renewed.renewals[1], digest="1.2.3.4")
    report = judged(replace(renewed, renewals=(renewed.renewals[0], unknown)), TEN_YEARS_LATER)
    assert "renewal" in failed(report)


def test_case_61_register_with_a_row_changed():
    """Entries deleted, exchanged, reinserted or added: the log no longer continues a kept checkpoint."""
    rows = [str(number).encode() for number in range(8)]
    held, changed = Tree(rows), [*rows[:4], rows[5], rows[4], *rows[6:]]
    for other in ([*rows[:5], *rows[6:], b"new", b"newer"], [*changed, b"new"], [*changed, rows[4]], [b"0", *rows]):
        tree = Tree(other)
        with pytest.raises(ValueError, match=r"does not|not "):
            transparency.verify_consistency(
                8, len(other), held.roots[8], tree.roots[len(other)], tree.consistency(8, len(other))
            )
    grown = Tree([*rows, b"new"])
    transparency.verify_consistency(8, 9, held.roots[8], grown.roots[9], grown.consistency(8, 9))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8])
def test_every_record_of_a_batch_is_proven_alone(count):
    records = [received(b'{"n":%d}' % number) for number in range(count)]
    for record in renew(records, SECOND.stamp(year(2028))):
        assert judged(record, year(2032)).passed
        assert len(record.renewals[0].path) <= 3


def test_a_neighbour_altered(renewed):
    last = renewed.renewals[1]
    step = last.path[0]
    for path in (
        (),
        (replace(step, is_left=not step.is_left),),
        (replace(step, neighbour=b"x"),),
        (step,) * (MAX_PATH + 1),
    ):
        report = judged(replace(renewed, renewals=(renewed.renewals[0], replace(last, path=path))), TEN_YEARS_LATER)
        assert "renewal" in failed(report)


def test_renewals_in_another_order(renewed):
    report = judged(replace(renewed, renewals=renewed.renewals[::-1]), TEN_YEARS_LATER)
    assert "renewal" in failed(report)


def test_a_record_has_one_form(renewed):
    data = renewed.dumps()
    assert Evidence.loads(data, len(data)) == renewed
    loose = json.dumps(json.loads(data)).encode()
    missing = canonical({name: value for name, value in json.loads(data).items() if name not in {"verifier", "cms"}})
    more = canonical({**json.loads(data), "more": 1})
    other_base64 = data.replace(b'"verifier":"', b'"verifier": "')
    for spoilt in (loose, missing, more, other_base64, b"{}", b"[]", b"x", data + b" "):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever is found first
            Evidence.loads(spoilt, len(data))
    with pytest.raises(ValueError, match="larger than"):
        Evidence.loads(data, len(data) - 1)


def test_limits_of_evidence(fresh):
    many = replace(fresh, timestamps=fresh.timestamps * 5)
    assert failed(judged(many, SIGNED)) >= {"evidence"}
    lists = replace(fresh, sources=replace(fresh.sources, crls=fresh.sources.crls * 65))
    assert failed(judged(lists, SIGNED)) >= {"evidence"}
    small = replace(DEFAULT, max_evidence_bytes=1000)
    assert failed(judged(fresh, SIGNED, policy=small)) >= {"evidence"}
    with pytest.raises(ValueError, match="records are renewed"):
        renew([], SECOND.stamp(year(2028)))
