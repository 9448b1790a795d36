"""S-F7, S-F14: what an authority's certificate limits is obeyed; its keys and names may change."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from signatures import TrustStore
from signatures.asn1 import oids
from signatures.demo.issuing import NO_USAGE, SIGNING, Issuer, Span, person_name
from tests.signatures.conftest import failed
from tests.signatures.makers import DAY, NOW, P256_KEY, PERSON, SPAN, Owner, Pki, sequence
from tests.signatures.services import evidence, imprint, tsa, value_of

CHAIN = "CHAIN_CONSTRAINTS_FAILURE"


def policies(*stated: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in stated])


def usages(*stated: str) -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in stated])


def authority(
    above: Issuer,
    *more: tuple[x509.ExtensionType, bool],
    name: x509.Name | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
    usage: Sequence[str] = ("key_cert_sign", "crl_sign"),
    length: int | None = 0,
    span: Span = SPAN,
) -> Issuer:
    """An authority certified by ``above``, with more extensions, each critical or not."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = name or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST LIMITED")])
    builder = x509.CertificateBuilder(
        above.certificate.subject, subject, key.public_key(), x509.random_serial_number(), span.begin, span.end
    )
    constraints = x509.BasicConstraints("key_cert_sign" in usage, length if "key_cert_sign" in usage else None)
    builder = builder.add_extension(constraints, critical=True)
    builder = builder.add_extension(x509.KeyUsage(**{**NO_USAGE, **dict.fromkeys(usage, True)}), critical=True)
    for extension, critical in more:
        builder = builder.add_extension(extension, critical)
    return Issuer(key, builder.sign(above.key, hashes.SHA256()))


def signed_below(issuer: Issuer) -> Owner:
    return Owner(P256_KEY, issuer.issue(person_name(**PERSON), P256_KEY, SIGNING, SPAN), [issuer.certificate])


def trusting(*issuers: Issuer, lists: Sequence[x509.CertificateRevocationList] | None = None) -> TrustStore:
    given = [issuer.revocation_list(SPAN) for issuer in issuers] if lists is None else lists
    return TrustStore.of("test", [issuer.certificate for issuer in issuers], given)


NO_KZ = x509.NameConstraints(
    permitted_subtrees=None,
    excluded_subtrees=[x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ")]))],
)
MAPPINGS = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), sequence())
# Extensions of the issuing authority, and the check that fails.
LIMITS: dict[str, tuple[list[tuple[x509.ExtensionType, bool]], str]] = {
    "another policy": ([(policies("1.2.3.4"), False)], "certificate-policy"),
    "another policy, explicit": (
        [(policies("1.2.3.4"), False), (x509.PolicyConstraints(0, None), False)],
        "authorities, certificate-policy",
    ),
    "a policy for authentication, critical": (
        [(policies(oids.KZ_POLICY_LEGAL_AUTHENTICATION), True)],
        "certificate-policy",
    ),
    "names excluded": ([(NO_KZ, False)], "authorities"),
    "names excluded, critical": ([(NO_KZ, True)], "authorities"),
    "policies constrained": ([(x509.PolicyConstraints(None, 0), False)], "authorities"),
    "any policy inhibited": ([(x509.InhibitAnyPolicy(0), False)], "authorities"),
    "policies mapped": ([(MAPPINGS, False)], "authorities"),
    "for clients only": ([(usages(oids.CLIENT_AUTH), False)], "authorities"),
    "for timestamps only": ([(usages(oids.TIME_STAMPING), False)], "authorities"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_s_f7_limits_of_an_authority_are_obeyed_critical_or_not(pki, check, name):
    more, expected = LIMITS[name]
    issuer = authority(pki.root, *more)
    report = check(signed_below(issuer).sign(), trust=trusting(pki.root, issuer))
    assert failed(report) == set(expected.split(", "))
    assert (report.indication, report.sub_indication) == ("INDETERMINATE", CHAIN)


ALLOWED = {
    "the person's policy": policies(oids.KZ_POLICY_LEGAL_SIGNATURE),
    "that policy and another": policies("1.2.3.4", oids.KZ_POLICY_LEGAL_SIGNATURE),
    "the arc above it": policies(oids.KZ_POLICY),
    "any policy": policies(oids.ANY_POLICY),
    "the one of Kazakhstan's authorities": policies("1.2.398.3.3.1.1"),
    "e-mail": usages(oids.EMAIL_PROTECTION, oids.CLIENT_AUTH),
    "any usage": usages(oids.ANY_EXTENDED_KEY_USAGE),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_s_f7_an_authority_that_allows_it(pki, check, name):
    issuer = authority(pki.root, (ALLOWED[name], False))
    assert check(signed_below(issuer).sign(), trust=trusting(pki.root, issuer)).passed


def test_s_f7_the_policy_must_be_allowed_and_not_only_another_one_of_the_certificate(pki, check):
    """The person's certificate has two policies; the authority allows the one that is not for signing."""
    issuer = authority(pki.root, (policies("1.2.3.4"), False))
    made = x509.CertificateBuilder(
        issuer.certificate.subject, person_name(**PERSON), P256_KEY.public_key(), 99, SPAN.begin, SPAN.end
    )
    own = pki.person().certificate
    for extension in own.extensions:
        if not isinstance(extension.value, x509.CertificatePolicies):
            made = made.add_extension(extension.value, extension.critical)
    made = made.add_extension(policies(oids.KZ_POLICY_LEGAL_SIGNATURE, "1.2.3.4"), False)
    owner = Owner(P256_KEY, made.sign(issuer.key, hashes.SHA256()), [])
    assert failed(check(owner.sign(), trust=trusting(pki.root, issuer))) == {"certificate-policy"}


@pytest.mark.parametrize(("usage", "counts"), [(oids.TIME_STAMPING, True), (oids.EMAIL_PROTECTION, False)])
def test_s_f7_an_authority_of_timestamps(pki, person, check, usage, counts):
    issuer = authority(pki.root, (usages(usage), False))
    cms = person.sign()
    token = tsa(issuer).token(imprint(value_of(cms)))
    trust = trusting(pki.root, pki.issuer, issuer)
    assert check(cms, trust=trust, evidence=evidence(cms, token), now=NOW).passed is counts


# -- S-F14 -----------------------------------------------------------------------------------------------------------


def test_s_f14_a_list_signed_by_the_next_key_of_the_same_authority(pki, check):
    old = authority(pki.root)
    new = authority(pki.root, name=old.certificate.subject)
    lists = [pki.root.revocation_list(SPAN), new.revocation_list(SPAN)]
    owner = signed_below(old)
    assert check(owner.sign(), trust=trusting(pki.root, old, new, lists=lists)).passed
    entry = (owner.certificate.serial_number, NOW - DAY, x509.ReasonFlags.key_compromise)
    revoking = [lists[0], new.revocation_list(SPAN, [entry])]
    report = check(owner.sign(), trust=trusting(pki.root, old, new, lists=revoking))
    assert report.sub_indication == "REVOKED_NO_POE"


def test_s_f14_the_same_in_the_evidence(pki, check):
    old = authority(pki.root)
    new = authority(pki.root, name=old.certificate.subject)
    cms = signed_below(old).sign()
    kept = evidence(cms, crls=(new.revocation_list(SPAN).public_bytes(Encoding.DER),))
    trust = trusting(pki.root, old, new, lists=[pki.root.revocation_list(SPAN)])
    assert check(cms, trust=trust).sub_indication == "TRY_LATER"
    assert check(cms, trust=trust, evidence=kept).passed


def test_s_f14_a_key_for_lists_only(pki, check):
    issuer = authority(pki.root, usage=("key_cert_sign",))
    lister = authority(pki.root, name=issuer.certificate.subject, usage=("crl_sign",))
    owner = signed_below(issuer)
    lists = [pki.root.revocation_list(SPAN), lister.revocation_list(SPAN)]
    assert check(owner.sign(), trust=trusting(pki.root, issuer, lister, lists=lists)).passed
    # The key for lists issues no certificates, and a key that is not for lists makes none.
    below = signed_below(lister)
    assert "authorities" in failed(check(below.sign(), trust=trusting(pki.root, issuer, lister, lists=lists)))
    own = [pki.root.revocation_list(SPAN), issuer.revocation_list(SPAN)]
    assert check(owner.sign(), trust=trusting(pki.root, issuer, lists=own)).sub_indication == "TRY_LATER"


def stand_ins(pki: Pki, old: Issuer) -> dict[str, tuple[Issuer, list[Issuer]]]:
    """Keys of the same name that may not sign the list, each with what else is pinned."""
    other = Pki.make("OTHER")
    name = old.certificate.subject
    return {
        "of another root": (authority(other.root, name=name), [other.root]),
        "revoked": (authority(pki.root, name=name), []),
        "expired when it signed": (authority(pki.root, name=name, span=Span(NOW - 99 * DAY, NOW - 98 * DAY)), []),
        "not for lists": (authority(pki.root, name=name, usage=("key_cert_sign",)), []),
    }


@pytest.mark.parametrize("name", ["of another root", "revoked", "expired when it signed", "not for lists"])
def test_s_f14_not_every_key_of_that_name(pki, check, name):
    old = authority(pki.root)
    new, more = stand_ins(pki, old)[name]
    entry = (new.certificate.serial_number, NOW - DAY, x509.ReasonFlags.key_compromise)
    lists = [pki.root.revocation_list(SPAN, [entry] if name == "revoked" else [])]
    cms = signed_below(old).sign()
    current = new.revocation_list(Span(NOW - DAY, NOW + DAY))
    trust = trusting(pki.root, old, new, *more, lists=[*lists, current])
    assert check(cms, trust=trust).sub_indication == "TRY_LATER"
    kept = evidence(cms, crls=(current.public_bytes(Encoding.DER),))
    trust = trusting(pki.root, old, new, *more, lists=lists)
    assert check(cms, trust=trust, evidence=kept).sub_indication == "TRY_LATER"


def test_s_f14_many_authorities_above(check):
    levels = [Issuer.root("TEST ROOT", SPAN)]
    levels[0] = authority(levels[0], name=levels[0].certificate.subject, key=levels[0].key, length=None)
    for number in range(6):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"TEST LEVEL {number}")])
        levels.append(authority(levels[-1], name=name, length=None))
    assert check(signed_below(levels[-1]).sign(), trust=trusting(*levels)).passed


def test_s_f14_a_self_issued_certificate_does_not_count_in_the_length_of_a_path(pki, check):
    """An authority that allows none below it has certified its own next key."""
    first = authority(pki.root)
    second = authority(first, name=first.certificate.subject)
    assert check(signed_below(second).sign(), trust=trusting(pki.root, first, second)).passed
    third = authority(first, name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST THIRD")]))
    assert failed(check(signed_below(third).sign(), trust=trusting(pki.root, first, third))) == {"authorities"}


@pytest.mark.parametrize("written", ["Test  Limited", " TEST LIMITED", "test limited"])
def test_s_f14_names_differ_in_case_and_blanks(pki, check, written):
    issuer = authority(pki.root)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, written)])
    renamed = authority(pki.root, name=name, key=issuer.key)
    owner = signed_below(replace(issuer, certificate=renamed.certificate))
    listed = Issuer(issuer.key, renamed.certificate).revocation_list(SPAN)
    trust = trusting(pki.root, issuer, lists=[pki.root.revocation_list(SPAN), listed])
    assert check(owner.sign(), trust=trust).passed
