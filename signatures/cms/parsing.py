"""Parses a CMS signature (RFC 5652) strictly and within limits, before any cryptographic work.

Only the form is checked here. Nothing that is parsed is trusted until ``signatures.verification`` has checked it.
"""

import base64
import binascii
import functools
import re
from dataclasses import dataclass

from signatures.asn1 import der, oids
from signatures.crypto.algorithms import MAX_KEPT, AlgorithmIdentifier
from signatures.policy import Policy
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.x509.facts import Facts, read_facts

# Context tags of SignedData and SignerInfo (RFC 5652, 5.1 and 5.3), and of a key identifier.
TAG_0, TAG_1, TAG_KEY = 0xA0, 0xA1, 0x80
OPTIONAL = frozenset({(), (TAG_0,), (TAG_1,), (TAG_0, TAG_1)})
# Certificates of one signature are kept up to this size: an officer's and two authorities' have some 4 KB.
MAX_KEPT_CERTIFICATES = 8 * 1024
# Attribute certificates of both versions and certificates of unknown formats.
OTHER_CERTIFICATES = frozenset({TAG_1, 0xA2, 0xA3})
# What BER allows and DER does not, or what is more than is read.
BER = frozenset({"der-indefinite-length", "der-length-not-shortest", "der-too-many-elements"})
# RFC 7468 writes both labels; NCALayer writes "CMS".
PEM = re.compile(
    rb"\s*-----BEGIN (?P<label>CMS|PKCS7)-----\s(?P<body>[A-Za-z0-9+/=\s]+)-----END (?P=label)-----\s*", re.ASCII
)


class Malformed(FaultError):
    """The bytes are not a CMS signature in the accepted form; the fault says why."""


class NotTaken(Malformed):
    """A form that RFC 5652 allows and the policy does not, or more than its limits: nothing is proven to be wrong."""


@dataclass(frozen=True)
class Attribute:
    """A signed or unsigned attribute with its values, unparsed."""

    oid: str
    values: tuple[der.Element, ...]
    raw: bytes


# Not frozen, which costs as much as splitting the structure; nothing changes one.
@dataclass(eq=False)
class SignerInfo:
    """The only SignerInfo. ``signed`` is the DER of the attributes as a SET: the bytes that are signed.

    ``by_type``: the values of the signed attributes by type, one entry for each attribute.
    """

    issuer_and_serial: tuple[bytes, int] | None
    key_identifier: bytes | None
    digest: AlgorithmIdentifier
    signature_algorithm: AlgorithmIdentifier
    signature: bytes
    attributes: tuple[Attribute, ...] | None
    signed: bytes
    sorted: bool
    unsigned: tuple[Attribute, ...]
    by_type: dict[str, list[tuple[der.Element, ...]]]

    def values(self, oid: str) -> list[tuple[der.Element, ...]]:
        """The values of each signed attribute of that type, one entry for each attribute."""
        return self.by_type.get(oid, [])


@dataclass(eq=False)
class Cms:
    """A parsed CMS signature with exactly one signer; ``content`` is ``None`` if it is detached."""

    content_type: str
    content: bytes | None
    certificates: tuple[Facts, ...]
    signer: SignerInfo


def unwrap(data: bytes, limit: int) -> bytes:
    """The DER, given as DER or as exactly one PEM block labelled CMS or PKCS7. Raises :class:`Malformed`."""
    if not data:
        raise Malformed(Fault("signature-empty"))
    if len(data) > 2 * limit:
        raise NotTaken(Fault("signature-too-large", limit=limit))
    body = data
    if data[0] != der.SEQUENCE:
        match = PEM.fullmatch(data)
        if match is None:
            raise Malformed(Fault("neither-der-nor-pem"))
        try:
            body = base64.b64decode(b"".join(match["body"].split()), validate=True)
        except binascii.Error as fault:
            raise Malformed(Fault("pem-not-base64", reason=fault_of(fault))) from fault
    if len(body) > limit:
        raise NotTaken(Fault("signature-too-large", limit=limit))
    return body


def parse(data: bytes, policy: Policy) -> Cms:
    """Read a CMS signature, PEM or DER; :class:`Malformed` names the fault."""
    body = unwrap(data, policy.max_cms_bytes)
    try:
        return _content_info(der.element(body), policy)
    except Malformed:
        raise
    # Unpacking a sequence with too few or too many members raises ValueError too.
    except ValueError as fault:
        reason = fault_of(fault)
        raise (NotTaken if reason.code in BER else Malformed)(Fault("not-cms", reason=reason)) from fault


def _content_info(info: der.Element, policy: Policy) -> Cms:
    kind, wrapped = info.expect(der.SEQUENCE).children()
    if kind.oid() != oids.SIGNED_DATA:
        raise Malformed(Fault("not-signed-data"))
    (signed_data,) = wrapped.expect(TAG_0).children()
    version, digests, content, *rest = signed_data.expect(der.SEQUENCE).children()
    if version.integer() not in (1, 3, 4, 5):
        raise Malformed(Fault("unknown-signed-data-version"))
    # Enclosed revocation lists are ignored: the service fetches its own.
    if not rest or tuple([member.tag for member in rest[:-1]]) not in OPTIONAL:
        raise Malformed(Fault("unexpected-signed-data-members"))
    infos = rest[-1].expect(der.SET).children()
    content_type, inside = _encapsulated(content.expect(der.SEQUENCE).raw)
    if not infos:
        raise Malformed(Fault("no-signer"))
    if len(infos) > 1:
        raise NotTaken(Fault("not-one-signer", found=len(infos)))
    signer = _signer_info(infos[0], policy)
    named = _named(digests.expect(der.SET).raw)
    if signer.digest.oid not in named:
        raise Malformed(Fault("digest-algorithms-differ"))
    if len(named) > 1:
        raise NotTaken(Fault("digest-algorithms-several", found=len(named)))
    limits = (policy.max_certificates, policy.max_certificate_bytes)
    certificates = _certificates(rest[0].raw, *limits) if rest[0].tag == TAG_0 else ()
    return Cms(content_type, inside, certificates, signer)


@der.kept
def _named(digests: bytes) -> frozenset[str]:
    return frozenset(AlgorithmIdentifier.read(child).oid for child in der.element(digests).children())


@der.kept
def _encapsulated(raw: bytes) -> tuple[str, bytes | None]:
    kind, *inside = der.element(raw).children()
    if not inside:
        return kind.oid(), None
    (wrapped,) = inside
    (octets,) = wrapped.expect(TAG_0).children()
    return kind.oid(), octets.expect(der.OCTET_STRING).content


def _certificates(raw: bytes, most: int, largest: int) -> tuple[Facts, ...]:
    """Those of a signature; the same people sign repeatedly, with the same certificates in each signature."""
    return (_kept_certificates if len(raw) <= MAX_KEPT_CERTIFICATES else _read_certificates)(raw, most, largest)


def _read_certificates(raw: bytes, most: int, largest: int) -> tuple[Facts, ...]:
    # Other kinds of certificates (RFC 5652, 10.2.2) are ignored.
    found = [member for member in der.element(raw).children() if member.tag not in OTHER_CERTIFICATES]
    if len(found) > most:
        raise NotTaken(Fault("too-many-certificates", limit=most))
    if max([len(member.content) for member in found], default=0) > largest:
        raise NotTaken(Fault("certificate-too-large", limit=largest))
    try:
        return tuple([read_facts(member.expect(der.SEQUENCE).raw) for member in found])
    except ValueError as fault:
        raise Malformed(fault_of(fault)) from fault


_kept_certificates = functools.lru_cache(maxsize=MAX_KEPT)(_read_certificates)


def _signer_info(info: der.Element, policy: Policy) -> SignerInfo:
    version, identifier, digest, *rest = info.expect(der.SEQUENCE).children()
    signed = rest.pop(0) if rest and rest[0].tag == TAG_0 else None
    unsigned = rest.pop() if rest and rest[-1].tag == TAG_1 else None
    algorithm, signature = rest
    # GOST digests are computed in pure Python, so the input must be small.
    if signed and len(signed.content) > policy.max_attributes_bytes:
        raise NotTaken(Fault("signed-attributes-too-large", limit=policy.max_attributes_bytes))
    if version.integer() != (1 if identifier.tag == der.SEQUENCE else 3):
        raise Malformed(Fault("signer-version-misfit"))
    attributes = _attributes(signed, policy) if signed else None
    members = [attribute.raw for attribute in attributes or ()]
    by_type: dict[str, list[tuple[der.Element, ...]]] = {}
    for attribute in attributes or ():
        by_type.setdefault(attribute.oid, []).append(attribute.values)
    names_key = identifier.tag == TAG_KEY
    return SignerInfo(
        issuer_and_serial=None if names_key else _issuer_and_serial(identifier.expect(der.SEQUENCE).raw),
        key_identifier=identifier.content if names_key else None,
        digest=AlgorithmIdentifier.read(digest),
        signature_algorithm=AlgorithmIdentifier.read(algorithm),
        signature=signature.expect(der.OCTET_STRING).content,
        attributes=attributes,
        signed=der.encode(der.SET, signed.content) if signed else b"",
        sorted=members == sorted(members),
        unsigned=_attributes(unsigned, policy) if unsigned else (),
        by_type=by_type,
    )


@der.kept
def _issuer_and_serial(raw: bytes) -> tuple[bytes, int]:
    issuer, serial = der.element(raw).children()
    return issuer.raw, serial.integer()


def _attributes(found: der.Element, policy: Policy) -> tuple[Attribute, ...]:
    members = found.children()
    if len(members) > policy.max_attributes:
        raise NotTaken(Fault("too-many-attributes", limit=policy.max_attributes))
    return tuple([_attribute(member.expect(der.SEQUENCE).raw) for member in members])


@der.kept
def _attribute(raw: bytes) -> Attribute:
    kind, values = der.element(raw).children()
    return Attribute(kind.oid(), tuple(values.expect(der.SET).children()), raw)
