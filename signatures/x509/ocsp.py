"""OCSP (RFC 6960): requests, and verification of responses, which are stored as evidence.

A response is accepted if it is signed by the authority that issued the certificate, or by a responder to which that
authority itself issued a certificate for OCSPSigning. A responder's certificate is judged at the time at which the
response was produced: a response that was valid when received stays valid, and archive renewal proves its age.
"""

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from signatures.asn1 import der, extensions, oids
from signatures.crypto.algorithms import NULL, AlgorithmIdentifier, Signed, Unsuitable, check_issued, public_key
from signatures.policy import Policy
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.report.report import HOSTILE
from signatures.x509.certificates import check_issued_by, serial_fault
from signatures.x509.crl import RevocationList
from signatures.x509.facts import facts_of, read_certificate
from signatures.x509.trust import Authority, TrustStore

# Digests that identify keys and names. SHA-1 is harmless here: a forgery would need the authority's signature.
NAMING: dict[str, Callable[[bytes], bytes]] = {
    "1.3.14.3.2.26": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    oids.SHA256: lambda data: hashlib.sha256(data).digest(),
    oids.SHA384: lambda data: hashlib.sha384(data).digest(),
    oids.SHA512: lambda data: hashlib.sha512(data).digest(),
}
STATUS = {1: "malformedRequest", 2: "internalError", 3: "tryLater", 5: "sigRequired", 6: "unauthorized"}
SUCCESSFUL, ON_HOLD = 0, 6
PLAIN_STATUS = {0x80: "good", 0x82: "unknown"}
# RFC 6960, 2.2: the revocation time for a certificate that was never issued.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
MAX_BYTES, MAX_ANSWERS, MAX_CERTIFICATES = 16 * 1024, 16, 8
KNOWN_EXTENSIONS = frozenset(
    {oids.KEY_USAGE, oids.EXTENDED_KEY_USAGE, oids.BASIC_CONSTRAINTS, oids.CERTIFICATE_POLICIES, oids.OCSP_NOCHECK}
)
TAG_KEY_HASH = 0xA2


Lists = Mapping[x509.Certificate, tuple[RevocationList, ...]]
NO_LISTS: Lists = {}


class Unusable(FaultError):
    """The response cannot be used; the fault says why."""


@dataclass(frozen=True)
class Answer:
    """An authorised responder's answer about a certificate of ``authority``. ``reason`` as in RFC 5280, 5.3.1."""

    authority: x509.Certificate
    serial: int
    status: Literal["good", "revoked", "not-issued", "unknown"]
    this_update: datetime
    next_update: datetime | None
    produced_at: datetime
    revoked_at: datetime | None = None
    reason: int = 0

    def is_fresh(self, at: datetime, latest: datetime, policy: Policy) -> bool:
        """Whether it covers ``at`` and was not made after ``latest``.

        Without nextUpdate, as from Kazakhstan's responder, it covers the time up to ``policy.ocsp_age`` after it.
        """
        if self.this_update > latest:
            return False
        if self.next_update is not None:
            return at <= self.next_update
        return at - self.this_update <= policy.ocsp_age


def request(certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes) -> bytes:
    """A request about one certificate, identified by SHA-256, with a nonce of 1 to 32 octets (RFC 9654)."""
    identifier = der.encode(
        der.SEQUENCE,
        der.encode(der.SEQUENCE, der.encode_oid(oids.SHA256)),
        der.encode(der.OCTET_STRING, hashlib.sha256(issuer.subject.public_bytes()).digest()),
        der.encode(der.OCTET_STRING, hashlib.sha256(public_key(issuer)[1]).digest()),
        der.encode_integer(certificate.serial_number),
    )
    wanted = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, identifier))
    value = der.encode(der.OCTET_STRING, der.encode(der.OCTET_STRING, nonce))
    listed = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.encode_oid(oids.OCSP_NONCE), value))
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, wanted, der.encode(0xA2, listed)))


def read(
    data: bytes, trust: TrustStore, policy: Policy, nonce: bytes | None = None, lists: Lists = NO_LISTS
) -> tuple[Answer, ...]:
    """The answers of a response about certificates of the trust store's authorities. Raises :class:`Unusable`.

    ``nonce``: the one that was sent, if the response must answer that request. ``lists``: the authorities' lists from
    outside the trust folder, which may revoke a responder.
    """
    try:
        return _read(data, trust, policy, nonce, lists)
    except Unusable:
        raise
    except HOSTILE as fault:
        raise Unusable(Fault("not-an-ocsp-response", reason=fault_of(fault))) from fault


@dataclass(frozen=True)
class _Response:
    signed: Signed
    responder: der.Element
    produced_at: datetime
    answers: list[der.Element]
    extensions: dict[str, extensions.Extension]
    certificates: list[der.Element]


def _read(data: bytes, trust: TrustStore, policy: Policy, nonce: bytes | None, lists: Lists) -> tuple[Answer, ...]:
    response = _opened(data)
    if fault := extensions.unknown_fault(response.extensions, frozenset({oids.OCSP_NONCE})):
        raise Unusable(fault)
    repeated = response.extensions.get(oids.OCSP_NONCE)
    if nonce is not None and (
        repeated is None or der.element(repeated.value).expect(der.OCTET_STRING).content != nonce
    ):
        raise Unusable(Fault("ocsp-nonce-differs"))
    answers = tuple(_answer(answer, response, trust) for answer in response.answers)
    for authority in dict.fromkeys(answer.authority for answer in answers):
        own = trust.authority(authority)
        _check_signature(response, replace(own, lists=(*own.lists, *lists.get(authority, ()))), policy)
    return answers


def _opened(data: bytes) -> _Response:
    if len(data) > MAX_BYTES:
        raise Unusable(Fault("ocsp-too-large", limit=MAX_BYTES))
    status, *rest = der.element(data).expect(der.SEQUENCE).children()
    if (code := int.from_bytes(status.expect(der.ENUMERATED).content, "big")) != SUCCESSFUL:
        raise Unusable(Fault("ocsp-refused", status=STATUS.get(code, str(code))))
    (explicit,) = rest
    (wrapped,) = explicit.expect(der.CONTEXT_0).children()
    kind, octets = wrapped.expect(der.SEQUENCE).children()
    if kind.oid() != oids.OCSP_BASIC:
        raise Unusable(Fault("ocsp-unknown-type"))
    message, algorithm, signature, *more = der.element(octets.expect(der.OCTET_STRING).content).children()
    certificates = more[0].expect(der.CONTEXT_0).first().children() if more else []
    if len(certificates) > MAX_CERTIFICATES:
        raise Unusable(Fault("too-many-certificates", limit=MAX_CERTIFICATES))
    signed = Signed(message.raw, AlgorithmIdentifier.read(algorithm), signature.bits())
    return _Response(signed, *_data(message), certificates)


def _data(message: der.Element) -> tuple[der.Element, datetime, list[der.Element], dict[str, extensions.Extension]]:
    fields = message.expect(der.SEQUENCE).children()
    if message.first().tag == der.CONTEXT_0:
        raise Unusable(Fault("ocsp-unknown-version"))
    responder, produced_at, answers, *more = fields
    listed = more[0].expect(der.CONTEXT_1).first().children() if more else []
    members = answers.expect(der.SEQUENCE).children()
    if not 0 < len(members) <= MAX_ANSWERS:
        raise Unusable(Fault("ocsp-answer-count", limit=MAX_ANSWERS, found=len(members)))
    return responder, produced_at.time(), members, extensions.from_sequence(listed)


def _answer(member: der.Element, response: _Response, trust: TrustStore) -> Answer:
    identifier, status, this_update, *rest = member.expect(der.SEQUENCE).children()
    next_update = rest.pop(0).first().time() if rest and rest[0].tag == der.CONTEXT_0 else None
    listed = rest[0].expect(der.CONTEXT_1).first().children() if rest else []
    if fault := extensions.unknown_fault(extensions.from_sequence(listed), frozenset()):
        raise Unusable(fault)
    authority, serial = _subject(identifier, trust)
    return Answer(
        authority.certificate,
        serial,
        **_status(status),
        this_update=this_update.time(),
        next_update=next_update,
        produced_at=response.produced_at,
    )


def _subject(identifier: der.Element, trust: TrustStore) -> tuple[Authority, int]:
    """The pinned authority and the serial number that a CertID names."""
    digest, name, key, serial = identifier.expect(der.SEQUENCE).children()
    algorithm = AlgorithmIdentifier.read(digest)
    if algorithm.oid not in NAMING or algorithm.parameters not in (b"", NULL):
        raise Unusable(Fault("ocsp-digest-not-allowed", digest=algorithm.oid))
    compute = NAMING[algorithm.oid]
    wanted = name.expect(der.OCTET_STRING).content, key.expect(der.OCTET_STRING).content
    for authority in trust.authorities:
        issuer = authority.certificate
        if wanted == (compute(issuer.subject.public_bytes()), compute(public_key(issuer)[1])):
            return authority, serial.integer()
    raise Unusable(Fault("ocsp-authority-not-trusted"))


def _status(status: der.Element) -> dict[str, Any]:
    if status.tag in PLAIN_STATUS and not status.content:
        return {"status": PLAIN_STATUS[status.tag]}
    at, *given = status.expect(der.CONTEXT_1).children()
    reason = int.from_bytes(given[0].first().expect(der.ENUMERATED).content, "big") if given else 0
    never = at.time() == NEVER and reason == ON_HOLD
    return {"status": "not-issued" if never else "revoked", "revoked_at": at.time(), "reason": reason}


def _check_signature(response: _Response, authority: Authority, policy: Policy) -> None:
    """Signed by the authority or by a responder that it authorised (RFC 6960, 4.2.2.2); else :class:`Unusable`."""
    candidates = [authority.certificate]
    for member in response.certificates:
        # A certificate that is not an authorised responder's, or cannot be read, is ignored.
        with contextlib.suppress(*HOSTILE):
            certificate = read_certificate(member.raw)
            if not delegate_fault(certificate, authority, response.produced_at, policy):
                candidates.append(certificate)
    named = [candidate for candidate in candidates if _is_named(response.responder, candidate)]
    if not named:
        raise Unusable(Fault("ocsp-signer-not-authorised"))
    for certificate in named:
        try:
            check_issued(response.signed, certificate, policy.signatures, policy.digests)
        except (InvalidSignature, Unsuitable):
            continue
        return
    raise Unusable(Fault("ocsp-signature-mismatch"))


def _is_named(responder: der.Element, certificate: x509.Certificate) -> bool:
    (inside,) = responder.children()
    if responder.tag == der.CONTEXT_1:
        return inside.raw == certificate.subject.public_bytes()
    digest = hashlib.sha1(public_key(certificate)[1], usedforsecurity=False).digest()
    return inside.expect(der.OCTET_STRING).content == digest if responder.tag == TAG_KEY_HASH else False


def delegate_fault(certificate: x509.Certificate, authority: Authority, at: datetime, policy: Policy) -> Fault | None:
    """Why a certificate is not an authorised responder's of that authority; ``None`` if it is."""
    found = extensions.read(certificate)
    if oids.OCSP_SIGNING not in extensions.purposes(found) or not extensions.may_sign(found):
        return Fault("ocsp-certificate-not-for-ocsp")
    if fault := extensions.unknown_fault(found, KNOWN_EXTENSIONS) or serial_fault(facts_of(certificate)):
        return fault
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return Fault("ocsp-certificate-not-valid")
    if any(listed.entry(certificate.serial_number) for listed in authority.lists):
        return Fault("ocsp-certificate-revoked")
    try:
        check_issued_by(facts_of(certificate), authority.facts, policy)
    except (InvalidSignature, Unsuitable):
        return Fault("ocsp-certificate-foreign")
    return None
