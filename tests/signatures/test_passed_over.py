"""S-F2, S-F3: a useless item of evidence, a delta or an answer, does not invalidate sufficient evidence."""

import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from signatures import TrustStore
from signatures.asn1 import der, oids
from signatures.clients.evidence import Addresses, Collector
from signatures.x509.crl import pair_deltas
from tests.signatures.conftest import failed
from tests.signatures.makers import CONTENT, NOW, SPAN, Owner, Pki, octets, sequence
from tests.signatures.services import asked, evidence, lists, responder, served

COMPLETE, REVOKED = 14, x509.ReasonFlags.key_compromise


def numbered(pki: Pki, number: int, base: int | None = None, *, revoked: int | None = None, part: bool = False):
    """A list of the issuing authority with that number; a delta to ``base``, or one for users' certificates only."""
    builder = x509.CertificateRevocationListBuilder(pki.issuer.certificate.subject, SPAN.begin, SPAN.end)
    builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    if base is not None:
        builder = builder.add_extension(x509.DeltaCRLIndicator(base), critical=True)
    if part:
        scope = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
        builder = builder.add_extension(scope, critical=True)
    if revoked is not None:
        entry = x509.RevokedCertificateBuilder(revoked, NOW).add_extension(x509.CRLReason(REVOKED), False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(pki.issuer.key, hashes.SHA256())


# The number of the other list, the base of a delta, and whether the list is partial; the table of S-F2.
BESIDE = {
    "a delta that fits": (16, 14, False),
    "a delta numbered apart": (10, 14, False),
    "a delta of the same number": (14, 13, False),
    "a delta upon a newer list": (16, 15, False),
    "a partial list": (15, None, True),
}
# openssl judges the second row by its own rules for numbers, and partial lists by other rules.
ASKED_OF_OPENSSL = ("a delta that fits", "a delta numbered apart", "a delta upon a newer list")


@pytest.mark.parametrize("name", BESIDE)
def test_s_f2_a_list_that_fits_nothing_is_passed_over_in_the_trust_folder(pki, person, check, name):
    number, base, part = BESIDE[name]
    given = [pki.root.revocation_list(SPAN), numbered(pki, COMPLETE), numbered(pki, number, base, part=part)]
    trust = pki.trust(lists=given)
    assert check(person.sign(), trust=trust).passed
    assert bool(trust.notes) == (name != "a delta that fits")


@pytest.mark.parametrize("name", BESIDE)
def test_s_f2_a_list_that_fits_nothing_is_passed_over_in_the_evidence(pki, person, check, name):
    number, base, part = BESIDE[name]
    given = [pki.root.revocation_list(SPAN), numbered(pki, COMPLETE), numbered(pki, number, base, part=part)]
    cms = person.sign()
    kept = evidence(cms, crls=tuple(listed.public_bytes(Encoding.DER) for listed in given))
    report = check(cms, trust=pki.trust(lists=[]), evidence=kept)
    assert report.passed
    assert bool(report.notes) == (name != "a delta that fits")


@pytest.mark.parametrize("name", ASKED_OF_OPENSSL)
def test_s_f2_openssl_goes_on_with_the_complete_list_as_well(pki, person, name, tmp_path):
    number, base, part = BESIDE[name]
    authorities = [pki.root.certificate, pki.issuer.certificate]
    given = [pki.root.revocation_list(SPAN), numbered(pki, COMPLETE), numbered(pki, number, base, part=part)]
    (tmp_path / "ca.pem").write_bytes(
        b"".join(certificate.public_bytes(Encoding.PEM) for certificate in (*authorities, *given))
    )
    (tmp_path / "own.pem").write_bytes(person.certificate.public_bytes(Encoding.PEM))
    command = (
        f"openssl verify -crl_check -use_deltas -extended_crl -attime {int(NOW.timestamp())} -CAfile ca.pem own.pem"
    )
    said = subprocess.run(command.split(), cwd=tmp_path, check=False, capture_output=True, text=True).stdout
    assert said.endswith("own.pem: OK\n"), said


def test_s_f2_a_revocation_is_seen_by_the_complete_list_and_by_a_delta_that_fits(pki, person, check):
    serial, root = person.certificate.serial_number, pki.root.revocation_list(SPAN)
    complete = [root, numbered(pki, COMPLETE, revoked=serial), numbered(pki, 10, 14)]
    assert failed(check(person.sign(), trust=pki.trust(lists=complete))) == {"revocation"}
    by_delta = [root, numbered(pki, COMPLETE), numbered(pki, 16, 14, revoked=serial)]
    assert failed(check(person.sign(), trust=pki.trust(lists=by_delta))) == {"revocation"}


def test_s_f2_a_list_with_an_unknown_critical_extension_is_passed_over_alone(pki):
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    builder = x509.CertificateRevocationListBuilder(pki.issuer.certificate.subject, SPAN.begin, SPAN.end)
    odd = builder.add_extension(unknown, critical=True).sign(pki.issuer.key, hashes.SHA256())
    good, notes = pair_deltas([odd, numbered(pki, COMPLETE)])
    assert (len(good), len(notes)) == (1, 1)


def test_s_f2_a_list_of_an_authority_that_is_not_in_the_folder_is_a_warning(pki, person, check):
    """A list that remains after its authority was removed from the folder must not make loading fail."""
    other = Pki.make("OTHER").issuer.revocation_list(SPAN)
    given = [pki.root.revocation_list(SPAN), pki.issuer.revocation_list(SPAN), other]
    trust = pki.trust(lists=given)
    assert "OTHER" in str(trust.notes[0])
    assert check(person.sign(), trust=trust).passed


@pytest.fixture
def useless(pki: Pki, person: Owner) -> dict[str, dict[str, tuple[bytes, ...]]]:
    """Items that prove nothing."""
    other = Pki.make("OTHER")
    later = sequence(der.encode(der.ENUMERATED, b"\x03"))
    unfit = numbered(pki, 16, 15).public_bytes(Encoding.DER)
    return {
        "a list of an unknown authority": {"crls": lists(other)},
        "an answer that is none": {"ocsp": (later,)},
        "an answer of an unknown authority": {"ocsp": (asked(other.person(), responder(other.issuer)),)},
        "a delta that fits nothing": {"crls": (unfit,)},
        "what is no list": {"crls": (b"\x30\x00",)},
    }


def test_s_f3_an_item_that_proves_nothing_is_a_note(pki, person, check, useless):
    cms, bare = person.sign(), pki.trust(lists=[])
    for name, sources in useless.items():
        for trust in (pki.trust(), bare):
            whole = {**sources, "crls": (*lists(pki), *sources.get("crls", ()))}
            report = check(cms, trust=trust, evidence=evidence(cms, **whole))
            assert (report.indication, len(report.notes) > 0) == ("TOTAL_PASSED", True), name


def test_s_f3_an_item_that_proves_nothing_is_a_fault_where_it_is_missed(pki, person, check, useless):
    cms, bare = person.sign(), pki.trust(lists=[])
    for name, sources in useless.items():
        report = check(cms, trust=bare, evidence=evidence(cms, **sources))
        assert (report.indication, failed(report)) == ("INDETERMINATE", {"evidence", "revocation"}), name


def test_s_f3_a_passenger_in_a_response_does_not_spoil_it(pki, person, check):
    """Certificates in a response are not signed: anyone may add one that cannot be read."""
    by = responder(pki.issuer)
    answer = asked(person, by)
    good = by.certificate.public_bytes(Encoding.DER)
    spoiled = with_passenger(answer, good, sequence(b"\x02\x01\x01"))
    cms, bare = person.sign(), pki.trust(lists=[pki.root.revocation_list(SPAN)])
    assert check(cms, trust=bare, evidence=evidence(cms, ocsp=(spoiled,))).passed


def with_passenger(response: bytes, own: bytes, passenger: bytes) -> bytes:
    """The response with one more certificate."""
    _status, wrapped = der.element(response).children()
    basic = der.element(wrapped.children()[0].children()[1].content)
    message, algorithm, signature, *_more = basic.children()
    made = sequence(message.raw, algorithm.raw, signature.raw, der.encode(0xA0, sequence(passenger, own)))
    inner = sequence(der.encode_oid(oids.OCSP_BASIC), octets(made))
    return sequence(der.encode(der.ENUMERATED, b"\x00"), der.encode(0xA0, inner))


def test_s_f3_only_lists_of_the_path_are_collected(pki, person):
    other = Pki.make("OTHER")
    pinned = [issuer.certificate for issuer in (pki.root, pki.issuer, other.root, other.issuer)]
    both = TrustStore.of("test", pinned)
    root, issuer = lists(pki)
    foreign = lists(other)[1]
    answers = {"/root": lambda _body: root, "/issuer": lambda _body: issuer, "/other": lambda _body: foreign}
    with served(answers) as (base, _requests):
        wanted = Addresses(crls=[[f"{base}{path}"] for path in answers])
        found = Collector(wanted, both, clock=lambda: NOW).collect(person.sign(), CONTENT)
    assert set(found.evidence.sources.crls) == {root, issuer}
