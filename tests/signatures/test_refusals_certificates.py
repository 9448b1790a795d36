"""Cases 25-37: the certificate's path, time, revocation, profile and owner."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from signatures import Expected, TrustStore
from signatures.asn1 import oids
from signatures.demo import issuing
from signatures.demo.issuing import AUTHENTICATION, SIGNING, SIGNING_INDIVIDUAL, Issuer, Profile, Span, person_name
from tests.signatures.conftest import failed
from tests.signatures.makers import BIN, DAY, IIN, NOW, P256_KEY, PERSON, SPAN, Owner, Pki

CHAIN = "CHAIN_CONSTRAINTS_FAILURE"


def test_case_25_authority_of_the_same_name(check):
    report = check(Pki.make().person().sign())
    assert report.sub_indication == "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    assert failed(report) == {"chain"}


def test_case_26_person_as_authority(pki, check):
    """A person signs a certificate for another: the person is not a pinned authority, and cannot be pinned as one."""
    person = pki.person()
    below = Issuer(person.key, person.certificate).issue(person_name(**PERSON), P256_KEY, SIGNING, SPAN)
    report = check(Owner(P256_KEY, below, [person.certificate]).sign())
    assert report.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"
    trust = TrustStore.of(
        "test",
        [pki.root.certificate, pki.issuer.certificate, person.certificate],
        [pki.root.revocation_list(SPAN), pki.issuer.revocation_list(SPAN)],
    )
    assert "authorities" in failed(check(Owner(P256_KEY, below, []).sign(), trust=trust))


def test_case_26_path_length(pki, check):
    """The issuing authority allows none below it, although the one below is pinned."""
    third = pki.issuer.subordinate("TEST THIRD", SPAN)
    certificate = third.issue(person_name(**PERSON), P256_KEY, SIGNING, SPAN)
    authorities = [pki.root.certificate, pki.issuer.certificate, third.certificate]
    lists = [issuer.revocation_list(SPAN) for issuer in (pki.root, pki.issuer, third)]
    report = check(Owner(P256_KEY, certificate, []).sign(), trust=TrustStore.of("test", authorities, lists))
    assert failed(report) == {"authorities"}


def test_case_27_not_yet_valid(pki, check):
    report = check(pki.person(span=Span(NOW + DAY, NOW + 2 * DAY)).sign())
    assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "NOT_YET_VALID")


def test_case_27_expired(pki, check):
    """Proven only if the signed bytes are younger than the expiry: the claimed time proves nothing."""
    cms = pki.person(span=Span(NOW - 2 * DAY, NOW - DAY)).sign()
    report = check(cms)
    assert (report.indication, report.sub_indication) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    younger = Expected(iin=IIN, bin=BIN, created_after=NOW - timedelta(minutes=1))
    report = check(cms, expected=younger)
    assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "EXPIRED")
    assert failed(report) == {"validity"}


def _revoked(pki: Pki, person: Owner, at) -> TrustStore:
    entry = (person.certificate.serial_number, at, x509.ReasonFlags.key_compromise)
    return replace(pki, revoked=[entry]).trust()


def test_case_28_revoked(pki, check):
    person = pki.person()
    report = check(person.sign(), trust=_revoked(pki, person, NOW - DAY))
    assert (report.indication, report.sub_indication) == ("INDETERMINATE", "REVOKED_NO_POE")
    younger = Expected(iin=IIN, bin=BIN, created_after=NOW - timedelta(minutes=1))
    report = check(person.sign(), trust=_revoked(pki, person, NOW - DAY), expected=younger)
    assert (report.indication, report.sub_indication) == ("TOTAL_FAILED", "REVOKED")


def test_case_28_revoked_later(pki, check):
    """Revoked after the time by which the signature is proven to have existed."""
    person = pki.person()
    assert check(person.sign(), trust=_revoked(pki, person, NOW + DAY)).passed


def test_case_28_revoked_authority(pki, check, person):
    entry = (pki.issuer.certificate.serial_number, NOW - DAY, x509.ReasonFlags.ca_compromise)
    lists = [pki.root.revocation_list(SPAN, [entry]), pki.issuer.revocation_list(SPAN)]
    assert check(person.sign(), trust=pki.trust(lists=lists)).sub_indication == "REVOKED_CA_NO_POE"


@pytest.mark.parametrize("spans", [[], [Span(NOW - 9 * DAY, NOW - DAY)]], ids=["absent", "stale"])
def test_case_29_no_fresh_list(pki, person, check, spans):
    lists = [pki.root.revocation_list(SPAN), *(pki.issuer.revocation_list(span) for span in spans)]
    report = check(person.sign(), trust=pki.trust(lists=lists))
    assert (report.indication, report.sub_indication) == ("INDETERMINATE", "TRY_LATER")
    assert failed(report) == {"revocation"}


def test_case_29_fresh_list_beside_a_stale_one(pki, person, check):
    stale = Span(NOW - 9 * DAY, NOW - DAY)
    lists = [pki.root.revocation_list(SPAN), pki.issuer.revocation_list(stale), pki.issuer.revocation_list(SPAN)]
    assert check(person.sign(), trust=pki.trust(lists=lists)).passed


def test_case_29_list_by_another_key(pki):
    with pytest.raises(ValueError, match="not signed by an authority"):
        pki.trust(lists=[Pki.make().issuer.revocation_list(SPAN)])


def test_case_29_delta_list(pki):
    builder = x509.CertificateRevocationListBuilder(pki.issuer.certificate.subject, SPAN.begin, SPAN.end)
    builder = builder.add_extension(x509.DeltaCRLIndicator(1), critical=True)
    trust = pki.trust(lists=[builder.sign(pki.issuer.key, hashes.SHA256())])
    assert "delta" in str(trust.notes[0])
    assert not any(authority.lists for authority in trust.authorities)


def _with_extension(pki: Pki, extension: x509.ExtensionType, critical: bool) -> Owner:
    builder = issuing._builder(person_name(**PERSON), P256_KEY, pki.issuer.certificate.subject, pki.issuer.key, SPAN)
    certificate = builder.add_extension(extension, critical).sign(pki.issuer.key, hashes.SHA256())
    return Owner(P256_KEY, certificate, [])


def test_case_31_critical_extensions(pki, check):
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    constraints = x509.NameConstraints([x509.DNSName("example.kz")], None)
    for extension in (unknown, constraints):
        report = check(_with_extension(pki, extension, critical=True).sign())
        assert "certificate" in failed(report)
    assert "certificate" not in failed(check(_with_extension(pki, unknown, critical=False).sign()))


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        (AUTHENTICATION, "key-usage"),
        (replace(SIGNING, key_usage=("digital_signature",)), "key-usage"),
        (replace(SIGNING, extended=issuing.ORGANISATION_ROLES), "key-usage"),
        (replace(SIGNING, extended=(*SIGNING.extended, oids.CLIENT_AUTH)), "key-usage"),
        (replace(SIGNING, extended=(oids.EMAIL_PROTECTION,)), "role"),
    ],
    ids=["authentication", "no nonRepudiation", "no emailProtection", "clientAuth too", "no role"],
)
def test_case_32_usage(pki, check, profile: Profile, name):
    report = check(pki.person(profile=profile).sign())
    assert name in failed(report)
    assert report.sub_indication == CHAIN


def test_case_32_expected_role(pki, check, person):
    head = Expected(iin=IIN, roles=frozenset({"1.2.398.3.3.4.1.2.1"}))
    assert failed(check(person.sign(), expected=head)) == {"role"}
    assert check(person.sign(), expected=replace(head, roles=frozenset({oids.KZ_EMPLOYEE}))).passed


def test_case_33_policies(pki, check):
    other = replace(SIGNING, policy=oids.KZ_POLICY_LEGAL_AUTHENTICATION)
    assert failed(check(pki.person(profile=other).sign())) == {"certificate-policy"}
    individual = pki.person(profile=SIGNING_INDIVIDUAL)
    assert "certificate-policy" in failed(check(individual.sign()))
    assert check(individual.sign(), expected=Expected(iin=IIN)).passed


def test_case_34_anchor_not_ours(check):
    assert "chain" in failed(check(Pki.make("OTHER").person().sign()))


def test_case_34_demo_authority_in_production(pki):
    with pytest.raises(ValueError, match="no place in a production"):
        Pki.make("DEMO").trust(purpose="production", lists=[])


def test_case_35_other_person(person, check):
    report = check(person.sign(), expected=Expected(iin="900202400025", bin=BIN))
    assert report.sub_indication == "SIG_CONSTRAINTS_FAILURE"
    assert failed(report) == {"iin"}


def _subject(*parts) -> x509.Name:
    """All as UTF8String, which the library reads but does not write for a serial number."""
    pairs = [(NameOID.COMMON_NAME, f"IIN{IIN}"), (NameOID.ORGANIZATION_NAME, "TEST"), *parts]
    return x509.Name([x509.NameAttribute(oid, value, _type=_ASN1Type.UTF8String) for oid, value in pairs])


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [(NameOID.SERIAL_NUMBER, f"IIN{IIN}"), (NameOID.SERIAL_NUMBER, "IIN900202400025")],
        [(NameOID.SERIAL_NUMBER, f"IIN{IIN}"), (NameOID.SERIAL_NUMBER, f"IIN{IIN}")],
        [(NameOID.SERIAL_NUMBER, f"BIN{IIN}")],
        [(NameOID.SERIAL_NUMBER, IIN)],
        [(NameOID.SERIAL_NUMBER, f"IIN{IIN}0")],
        [(NameOID.SERIAL_NUMBER, f"IIN {IIN}")],
        [(NameOID.SERIAL_NUMBER, f"iin{IIN}")],
        [(NameOID.SERIAL_NUMBER, f"IIN{IIN}\n")],
        [(NameOID.SERIAL_NUMBER, "IIN" + "".join(chr(0xFF10 + int(digit)) for digit in IIN))],
        [(NameOID.SERIAL_NUMBER, f"ІІN{IIN}")],
    ],
    ids=["only CN", "two", "twice", "BIN", "bare", "long", "space", "case", "newline", "full-width", "homoglyph"],
)
def test_case_36_iin_in_no_other_form(pki, check, parts):
    owner = pki.person(subject=_subject(*parts, (NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{BIN}")))
    report = check(owner.sign())
    assert failed(report) == {"iin"}
    assert report.signer.iin is None


@pytest.mark.parametrize("units", [[], ["BIN210540000102"], [f"BIN{BIN}", "BIN210540000102"], [f"bin{BIN}"], [BIN]])
def test_case_37_bin(pki, check, units):
    parts = [(NameOID.SERIAL_NUMBER, f"IIN{IIN}"), *((NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units)]
    assert failed(check(pki.person(subject=_subject(*parts)).sign())) == {"bin"}


def test_all_faults_are_named_at_once(pki, check):
    person = pki.person(profile=AUTHENTICATION, span=Span(NOW - 2 * DAY, NOW - DAY))
    report = check(person.sign(), b"other", expected=Expected(iin="900202400025"))
    assert failed(report) >= {"message-digest", "validity", "key-usage", "certificate-policy", "iin"}
    assert report.sub_indication == "HASH_FAILURE"
