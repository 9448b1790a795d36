"""Checks of the signed attributes (RFC 5652, 5.3 and 11; RFC 5035 for signingCertificateV2).

Each function returns the fault, or ``None``.
"""

import hashlib
import hmac
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.asn1 import der, oids
from signatures.cms.parsing import SignerInfo
from signatures.crypto.algorithms import NULL, AlgorithmIdentifier
from signatures.policy import Policy
from signatures.report.faults import Fault, FaultError
from signatures.x509.facts import Facts, facts_of


def form_fault(signer: SignerInfo) -> Fault | None:
    """Attributes must be present (ETSI EN 319 122-1), in DER, each type once; none that RFC 5652 wants unsigned."""
    if signer.attributes is None:
        return Fault("no-signed-attributes")
    if not signer.sorted:
        return Fault("signed-attributes-unordered")
    if len(signer.by_type) != len(signer.attributes):
        twice = sorted(oid for oid, values in signer.by_type.items() if len(values) > 1)
        return Fault("signed-attributes-twice", attributes=", ".join(twice))
    # RFC 5652, 11.4.
    if oids.COUNTER_SIGNATURE in signer.by_type:
        return Fault("signed-attributes-forbidden", attributes=oids.COUNTER_SIGNATURE)
    return None


def forbidden_fault(signer: SignerInfo, policy: Policy) -> Fault | None:
    """Attributes that the policy forbids."""
    forbidden = policy.forbidden_attributes & signer.by_type.keys()
    return Fault("signed-attributes-forbidden", attributes=", ".join(sorted(forbidden))) if forbidden else None


def is_set_of_attributes(content: bytes) -> bool:
    """Whether bytes are the DER of a set of attributes, so that a signature over them might be one over attributes."""
    # The octet of a SET is "1" in ASCII: most content that begins with it is text.
    if content[:1] != bytes([der.SET]):
        return False
    try:
        members = [member.expect(der.SEQUENCE).children() for member in der.element(content).children()]
        return bool(members) and all(len(parts) == len(("type", "values")) and parts[0].oid() for parts in members)
    except ValueError:
        return False


def only_value(signer: SignerInfo, oid: str) -> der.Element | None:
    """The single value of the single attribute of that type; ``None`` if either is missing or not single."""
    found = signer.by_type.get(oid)
    return found[0][0] if found and len(found) == 1 and len(found[0]) == 1 else None


def content_type_fault(signer: SignerInfo, expected: str = oids.DATA) -> Fault | None:
    """The attribute contentType must name the type of the content."""
    value = only_value(signer, oids.CONTENT_TYPE)
    if value is None:
        return Fault("content-type-attribute-not-single")
    same = value.tag == der.OID and value.oid() == expected
    name = "data" if expected == oids.DATA else expected
    return None if same else Fault("content-type-attribute-differs", expected=name)


def digest_fault(signer: SignerInfo, content: bytes, policy: Policy) -> Fault | None:
    """The attribute messageDigest must be the digest of the content."""
    value = only_value(signer, oids.MESSAGE_DIGEST)
    if value is None or value.tag != der.OCTET_STRING:
        return Fault("message-digest-not-single")
    actual = policy.digests[signer.digest.oid].compute(content)
    return None if hmac.compare_digest(actual, value.content) else Fault("content-differs")


def signing_time(signer: SignerInfo) -> datetime | None:
    """The time claimed by the signer, if any. ``ValueError`` if it is malformed."""
    if not signer.values(oids.SIGNING_TIME):
        return None
    value = only_value(signer, oids.SIGNING_TIME)
    if value is None:
        raise FaultError(Fault("signing-time-not-single"))
    return value.time()


def protection_fault(signer: SignerInfo) -> Fault | None:
    """The attribute cmsAlgorithmProtection (RFC 6211), if present, must repeat the algorithms in use."""
    if not signer.values(oids.ALGORITHM_PROTECTION):
        return None
    value = only_value(signer, oids.ALGORITHM_PROTECTION)
    if value is None:
        return Fault("algorithm-protection-not-single")
    digest, algorithm = value.expect(der.SEQUENCE).children()
    named = (
        AlgorithmIdentifier.read(digest),
        AlgorithmIdentifier.read(der.element(der.encode(der.SEQUENCE, algorithm.expect(0xA1).content))),
    )
    stated, used = (
        [(identifier.oid, identifier.parameters.replace(NULL, b"")) for identifier in pair]
        for pair in (named, (signer.digest, signer.signature_algorithm))
    )
    return None if stated == used else Fault("algorithm-protection-differs")


def certificate_fault(signer: SignerInfo, facts: Facts, policy: Policy) -> Fault | None:
    """signingCertificateV2 must be present and its only entry must be the signer's certificate."""
    value = only_value(signer, oids.SIGNING_CERTIFICATE_V2)
    if value is None:
        return Fault("signing-certificate-v2-not-single")
    first, *others = _entries(value.expect(der.SEQUENCE).raw)
    if others:
        return Fault("signing-certificate-v2-names-several")
    return _entry_fault(first, facts, policy)


@der.kept
def _entries(raw: bytes) -> list[list[der.Element]]:
    """The members of each ESSCertIDv2 in signingCertificateV2."""
    listed, *_policies = der.element(raw).children()
    return [child.expect(der.SEQUENCE).children() for child in listed.expect(der.SEQUENCE).children()]


def timestamp_certificate_fault(signer: SignerInfo, certificate: x509.Certificate, policy: Policy) -> Fault | None:
    """The same for a timestamp, which may use the older attribute (RFC 3161, 2.4.2) and name its authorities as well.

    The older attribute names the certificate by SHA-1: it only tells certificates apart, all of which are pinned or
    issued by a pinned authority, so a collision gains nothing.
    """
    newer, older = only_value(signer, oids.SIGNING_CERTIFICATE_V2), only_value(signer, oids.SIGNING_CERTIFICATE)
    if newer is None and older is None:
        return Fault("signing-certificate-not-single")
    if newer is not None and (fault := _entry_fault(_first_entry(newer), facts_of(certificate), policy)):
        return fault
    if older is None:
        return None
    value, *rest = _first_entry(older)
    actual = hashlib.sha1(certificate.public_bytes(Encoding.DER), usedforsecurity=False).digest()
    if not hmac.compare_digest(actual, value.expect(der.OCTET_STRING).content):
        return Fault("signing-certificate-differs")
    return _issuer_fault(rest[0], certificate) if rest else None


def _first_entry(value: der.Element) -> list[der.Element]:
    listed, *_policies = value.expect(der.SEQUENCE).children()
    return listed.expect(der.SEQUENCE).first().expect(der.SEQUENCE).children()


def _entry_fault(entry: list[der.Element], facts: Facts, policy: Policy) -> Fault | None:
    """ESSCertIDv2: the digest algorithm is SHA-256 when left out; issuer and serial number are optional."""
    algorithm = AlgorithmIdentifier(oids.SHA256)
    value, *rest = entry
    if value.tag == der.SEQUENCE:
        algorithm, (value, *rest) = AlgorithmIdentifier.read(value), rest
    if algorithm.oid not in policy.digests:
        return Fault("signing-certificate-v2-digest-not-allowed", digest=algorithm.oid)
    actual = facts.digest(policy.digests[algorithm.oid])
    if not hmac.compare_digest(actual, value.expect(der.OCTET_STRING).content):
        return Fault("signing-certificate-v2-differs")
    return _issuer_fault(rest[0], facts.certificate) if rest else None


def _issuer_fault(issuer_serial: der.Element, certificate: x509.Certificate) -> Fault | None:
    names, serial = issuer_serial.expect(der.SEQUENCE).children()
    (name,) = names.expect(der.SEQUENCE).children()
    named = name.expect(0xA4).content, serial.integer()
    same = named == (certificate.issuer.public_bytes(), certificate.serial_number)
    return None if same else Fault("signing-certificate-issuer-differs")


def identifier_fault(signer: SignerInfo, facts: Facts) -> Fault | None:
    """The fault unless the signer's identifier names that certificate."""
    if signer.issuer_and_serial:
        return None if signer.issuer_and_serial == (facts.issuer_name, facts.serial) else Fault("another-certificate")
    key = facts.extension(x509.SubjectKeyIdentifier)
    if key is None:
        return Fault("no-key-identifier")
    return None if key.digest == signer.key_identifier else Fault("another-certificate")
