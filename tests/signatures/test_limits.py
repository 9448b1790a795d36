"""Limits are checked before work: the work that a hostile signature can cause, counted rather than timed.

``python -m bench.hostile`` measures the same inputs in milliseconds and megabytes.
"""

from collections import Counter

import pytest
from cryptography import x509

from signatures import DEFAULT, Evidence
from signatures.asn1 import der
from signatures.crypto import algorithms
from signatures.crypto.algorithms import DIGESTS, MAX_SLOW_BYTES, Unsuitable
from signatures.evidence import Sources
from signatures.evidence.renewal import Renewal
from tests.signatures.conftest import failed
from tests.signatures.gost_makers import GostPki
from tests.signatures.hostile import hostile, slow

# Per signature: elements read, octets given to the DER reader, certificates parsed, signatures verified.
MOST = {"elements": 2_000, "octets": 3_000_000, "certificates": 8, "verifications": 2}


@pytest.fixture
def work(monkeypatch) -> Counter:
    """Counts the work done."""
    counted: Counter = Counter()

    def watch(place, name, count):
        true = getattr(place, name)

        def watched(*arguments, **options):
            result = true(*arguments, **options)
            counted.update(count(arguments, result))
            return result

        monkeypatch.setattr(place, name, watched)

    watch(der, "elements", lambda given, found: {"elements": len(found), "octets": len(given[0])})
    watch(x509, "load_der_x509_certificate", lambda _given, _found: {"certificates": 1})
    watch(algorithms, "find_signature", lambda _given, _found: {"verifications": 1})
    return counted


def test_case_5_hostile_signatures_cause_little_work(pki, person, check, work):
    for name, cms in hostile(pki, person).items():
        work.clear()
        report = check(cms)
        assert not report.passed or name == "nested unsigned attribute", name
        assert all(work[part] <= most for part, most in MOST.items()), (name, work)


def test_case_5_hostile_signatures_of_gost(check, work):
    gost = GostPki("2015-512")
    trust = gost.trust()
    for name, cms in slow(gost).items():
        work.clear()
        assert check(cms, trust=trust).passed == (name != "GOST, a large attribute")
        assert all(work[part] <= most for part, most in MOST.items()), (name, work)


@pytest.mark.parametrize("name", ["GOST 34.311-95", "Streebog-256", "Streebog-512"])
def test_slow_digests_are_not_let_near_much(name):
    (digest,) = [known for known in DIGESTS.values() if known.name == name]
    assert len(digest.compute(b"x" * 1000)) == digest.size
    with pytest.raises(Unsuitable, match="more than"):
        digest.compute(b"x" * (MAX_SLOW_BYTES + 1))


def test_hostile_evidence_is_refused_before_it_is_read(person, check, work):
    cms, content = person.sign(), b'{"schema":"ecase.act/1"}'
    check(cms)
    usual = Counter(work)
    many = (b"\x30\x00",) * 65
    renewal = Renewal("1.2.3", (), b"", Sources(crls=many))
    for record in (
        Evidence(cms, content, timestamps=many),
        Evidence(cms, content, sources=Sources(ocsp=many)),
        Evidence(cms, content, sources=Sources(crls=many)),
        Evidence(cms, content, renewals=(renewal,)),
        Evidence(cms, content, renewals=(Renewal("1.2.3", (), b""),) * 17),
        Evidence(cms, content, sources=Sources(crls=(b"x" * (DEFAULT.max_evidence_bytes + 1),))),
    ):
        work.clear()
        assert "evidence" in failed(check(cms, evidence=record))
        assert work["elements"] <= usual["elements"]
        assert work["verifications"] <= usual["verifications"]


def test_items_of_evidence_have_limits_of_their_own(person, check):
    """A huge token, response or list is refused separately, and the rest is verified."""
    cms, content = person.sign(), b'{"schema":"ecase.act/1"}'
    large = b"\x30\x84\x00\x10\x00\x00" + b"x" * 2**20
    record = Evidence(cms, content, (large,), Sources(ocsp=(large,), crls=(large,)))
    assert failed(check(cms, evidence=record)) == {"evidence", "timestamp"}
