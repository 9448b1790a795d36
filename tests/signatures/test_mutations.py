"""No change of a valid signature makes another valid one, and no change of evidence makes a bad signature valid.

Two signatures are the same if they have the same signed attributes, the same value (s and n - s count as equal) and the
same signer's certificate. All other parts of a CMS are unsigned: unsigned attributes, other certificates, revocation
lists, versions, the form of the signer's identifier, algorithms written with or without NULL. They may differ and are
never trusted, and the signature's identity stays the same, so it can be used only once.
"""

from dataclasses import replace
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signatures import Evidence, Expected, verify
from signatures.asn1 import der, oids
from signatures.cms import Cms, parse
from signatures.cms.attributes import identifier_fault
from signatures.cms.signing import encapsulated
from signatures.evidence import Sources
from signatures.policy import DEFAULT
from tests.signatures.gost_makers import GostPki
from tests.signatures.makers import (
    BIN,
    CONTENT,
    DAY,
    IIN,
    NOW,
    RSA_KEY,
    SPAN,
    Pki,
    algorithm,
    attribute,
    octets,
    sequence,
)
from tests.signatures.mutations import mutated
from tests.signatures.services import asked, imprint, responder, tsa, value_of

EXPECTED = Expected(iin=IIN, bin=BIN)
THOROUGH = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def made(kind: str):
    """Trust and a valid signature: made once, since hypothesis calls a test many times."""
    if kind == "gost":
        pki = GostPki("2015-256")
        return pki.trust(), pki.person().sign()
    pki = Pki.make()
    owner = pki.person(RSA_KEY) if kind == "rsa" else pki.person()
    return pki.trust(), owner.sign(unsigned=[attribute("1.2.3.4", octets(b"x"))])


def signer_of(cms: Cms) -> bytes:
    (found,) = [
        certificate for certificate in dict.fromkeys(cms.certificates) if not identifier_fault(cms.signer, certificate)
    ]
    return found.der


def same_signature(one: bytes, other: bytes) -> bool:
    first, second = parse(one, DEFAULT), parse(other, DEFAULT)
    return first.signer.signed == second.signer.signed and signer_of(first) == signer_of(second)


@pytest.mark.parametrize("kind", ["p-256", "rsa", "gost"])
@THOROUGH
@given(data=st.data())
def test_no_changed_signature_is_another_one(kind, data):
    trust, cms = made(kind)
    good = verify(cms, CONTENT, trust=trust, expected=EXPECTED, at=NOW)
    assert good.passed
    spoilt = data.draw(mutated(cms))
    report = verify(spoilt, CONTENT, trust=trust, expected=EXPECTED, at=NOW)
    if report.passed:
        assert same_signature(cms, spoilt)
        assert report.signature_sha256 == good.signature_sha256
        assert report.signer == good.signer


@THOROUGH
@given(data=st.data())
def test_no_changed_signature_is_one_over_other_bytes(data):
    trust, cms = made("p-256")
    spoilt = data.draw(mutated(cms))
    content = data.draw(st.sampled_from([b"{}", CONTENT + b" ", b"", parse(cms, DEFAULT).signer.signed]))
    assert not verify(spoilt, content, trust=trust, expected=EXPECTED, at=NOW).passed


@cache
def revoked():
    """A signature with all its evidence, its certificate revoked the day before."""
    pki = Pki.make()
    person = pki.person()
    cms = person.sign()
    since = {person.certificate.serial_number: (NOW - DAY, x509.ReasonFlags.key_compromise)}
    answer = asked(person, responder(pki.issuer, revoked=since))
    lists = (pki.root.revocation_list(SPAN).public_bytes(Encoding.DER),)
    token = tsa(pki.issuer).token(imprint(value_of(cms)))
    return pki.trust(lists=[]), Evidence(cms, CONTENT, (token,), Sources((answer,), lists))


@THOROUGH
@given(data=st.data())
def test_no_changed_answer_makes_a_revoked_certificate_good(data):
    trust, kept = revoked()
    spoilt = replace(kept.sources, ocsp=(data.draw(mutated(kept.sources.ocsp[0])),))
    record = replace(kept, sources=spoilt)
    assert not verify(kept.cms, CONTENT, trust=trust, expected=EXPECTED, at=NOW, evidence=record).passed


@cache
def faded():
    """A signature whose certificate expired the day after, with a timestamp from before."""
    from signatures.demo.issuing import Span

    pki = Pki.make()
    person = pki.person(span=Span(NOW - DAY, NOW + DAY))
    cms = person.sign()
    return pki.trust(), Evidence(cms, CONTENT, (tsa(pki.issuer).token(imprint(value_of(cms))),))


@THOROUGH
@given(data=st.data())
def test_no_changed_token_proves_another_time(data):
    trust, kept = faded()
    later = NOW + 5 * DAY
    good = verify(kept.cms, CONTENT, trust=trust, expected=EXPECTED, at=later, evidence=kept)
    assert good.passed
    record = replace(kept, timestamps=(data.draw(mutated(kept.timestamps[0])),))
    report = verify(kept.cms, CONTENT, trust=trust, expected=EXPECTED, at=later, evidence=record)
    assert not report.passed or report.best_signature_time == good.best_signature_time


@THOROUGH
@given(data=st.data())
def test_no_bytes_of_evidence_make_it_raise(data):
    trust, kept = faded()
    junk = st.binary(max_size=60)
    sources = Sources(*(tuple(data.draw(st.lists(junk, max_size=3))) for _ in range(3)))
    record = replace(kept, timestamps=tuple(data.draw(st.lists(junk, max_size=3))), sources=sources)
    assert not verify(kept.cms, CONTENT, trust=trust, expected=EXPECTED, at=NOW + 5 * DAY, evidence=record).passed


@cache
def authority():
    """An authority, a signature with only its signer's certificate, a timestamp authority and its TSTInfo."""
    pki = Pki.make()
    person = pki.person()
    cms, stamping = person.sign(certificates=[person.certificate]), tsa(pki.issuer)
    return pki, person, cms, stamping, stamping.info(imprint(value_of(cms)))


def sealed(body: bytes) -> bytes:
    """A certificate or list with that content, validly signed by the authority."""
    value = authority()[0].issuer.key.sign(body, ec.ECDSA(hashes.SHA256()))
    return sequence(body, algorithm(oids.ECDSA_SHA256), der.encode(der.BIT_STRING, b"\x00", value))


@THOROUGH
@given(data=st.data())
def test_nothing_that_the_authority_signed_makes_it_raise(data):
    """Malformed content under a valid signature: certificates, lists, tokens."""
    pki, person, cms, stamping, statement = authority()
    trust = pki.trust(lists=[pki.root.revocation_list(SPAN)])
    listed = data.draw(mutated(pki.issuer.revocation_list(SPAN).tbs_certlist_bytes))
    info = data.draw(mutated(statement))
    token = encapsulated(info, oids.TST_INFO, stamping.key, stamping.chain, NOW)
    kept = Evidence(cms, CONTENT, (token,), Sources(crls=(sealed(listed),)))
    verify(cms, CONTENT, trust=trust, expected=EXPECTED, at=NOW, evidence=kept)
    certificate = sealed(data.draw(mutated(person.certificate.tbs_certificate_bytes)))
    verify(_carrying(cms, certificate), CONTENT, trust=pki.trust(), expected=EXPECTED, at=NOW)


def _carrying(cms: bytes, certificate: bytes) -> bytes:
    """The signature with those octets in place of its only certificate."""
    kind, wrapped = der.element(cms).children()
    version, digests, content, _certificates, signers = wrapped.first().children()
    carried = der.encode(0xA0, certificate)
    return sequence(kind.raw, der.encode(0xA0, sequence(version.raw, digests.raw, content.raw, carried, signers.raw)))
