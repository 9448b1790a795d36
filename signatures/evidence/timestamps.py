"""RFC 3161 timestamps: requests, and strict verification of tokens.

A token is a CMS signature over a TSTInfo. It is valid if it is over exactly the given bytes and was made under an
allowed policy with a certificate whose only extended key usage is timeStamping, critical, which leads to a pinned root
and was not revoked.
"""

import contextlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from signatures.asn1 import ber, der, extensions, oids
from signatures.cms import attributes
from signatures.cms.parsing import Cms, NotTaken, SignerInfo, parse
from signatures.crypto.algorithms import NULL, AlgorithmIdentifier, Unsuitable, check_signature, key_strength
from signatures.policy import Policy
from signatures.report.faults import Fault, FaultError, fault_of
from signatures.report.report import HOSTILE
from signatures.x509 import certificates
from signatures.x509.facts import facts_of
from signatures.x509.revocation import NOTHING, Revocations, Times, timestamp_fault
from signatures.x509.trust import TrustStore

KNOWN_EXTENSIONS = frozenset(
    {oids.KEY_USAGE, oids.EXTENDED_KEY_USAGE, oids.BASIC_CONSTRAINTS, oids.CERTIFICATE_POLICIES}
)
MILLIS, MICROS = 0x80, 0x81
MAX_ACCURACY_PART = 10**6
# Faults of a token that was valid once and may have been so in time; with all others it never was.
FADED = frozenset({"OUT_OF_BOUNDS_NO_POE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "REVOKED_NO_POE", "TRY_LATER"})


class BadTimestamp(FaultError):
    """The token proves nothing; ``sub_indication`` is the kind of the fault."""

    def __init__(self, fault: Fault, sub_indication: str) -> None:
        super().__init__(fault)
        self.sub_indication = sub_indication

    @property
    def proof_sub_indication(self) -> str:
        """The kind of the fault for the signature: only the proof is missing, unless the token may have been valid."""
        return self.sub_indication if self.sub_indication in FADED else "NO_POE"


@dataclass(frozen=True)
class Info:
    """What a token states (RFC 3161, 2.4.2); ``accuracy`` is ``None`` if absent."""

    policy: str
    digest: AlgorithmIdentifier
    imprint: bytes
    serial: int
    time: datetime
    accuracy: timedelta | None
    nonce: int | None


@dataclass(frozen=True)
class Timestamp:
    """A verified token: the stamped bytes existed at ``proven`` at the latest."""

    info: Info
    certificate: x509.Certificate
    proven: datetime


@dataclass(frozen=True)
class _Context:
    """``now``: the time at which the token is proven to exist."""

    trust: TrustStore
    policy: Policy
    now: datetime
    revocations: Revocations


def request(stamped: bytes, digest: str, policy: Policy, nonce: int, wanted: str | None = None) -> bytes:
    """A TimeStampReq over ``stamped`` that asks for the certificate; ``wanted``: the authority's policy, if any."""
    algorithm = der.encode(der.SEQUENCE, der.encode_oid(digest))
    imprint = der.encode(der.OCTET_STRING, policy.digests[digest].compute(stamped))
    return der.encode(
        der.SEQUENCE,
        der.encode_integer(1),
        der.encode(der.SEQUENCE, algorithm, imprint),
        der.encode_oid(wanted) if wanted else b"",
        der.encode_integer(nonce),
        der.encode(der.BOOLEAN, b"\xff"),
    )


def read_token(response: bytes) -> bytes:
    """The token in a TimeStampResp; ``ValueError`` if the request was not granted."""
    status, *token = der.element(response).expect(der.SEQUENCE).children()
    granted = status.expect(der.SEQUENCE).first().integer()
    if granted not in (0, 1) or len(token) != 1:
        raise ValueError(f"the timestamp authority refused the request with status {granted}")
    return token[0].raw


def verify_token(
    token: bytes,
    stamped: bytes,
    *,
    trust: TrustStore,
    policy: Policy,
    now: datetime,
    revocations: Revocations = NOTHING,
) -> Timestamp:
    """Verify a token over ``stamped`` that is proven to have existed at ``now``; raises :class:`BadTimestamp`."""
    context = _Context(trust, policy, now, revocations)
    try:
        cms = parse_token(token, policy)
        info = _info(cms)
    except HOSTILE as fault:
        raise BadTimestamp(Fault("not-a-timestamp", reason=fault_of(fault)), "FORMAT_FAILURE") from fault
    certificate = _signer(cms)
    try:
        _check(cms, info, certificate, stamped, context)
    except BadTimestamp:
        raise
    except HOSTILE as fault:
        raise BadTimestamp(Fault("timestamp-unreadable", reason=fault_of(fault)), "FORMAT_FAILURE") from fault
    accuracy = info.accuracy if info.accuracy is not None else policy.assumed_accuracy
    return Timestamp(info, certificate, min(now, info.time + (accuracy or timedelta())))


def read_info(token: bytes, policy: Policy) -> Info:
    """The content of a token; only its form is verified. ``ValueError`` if it is malformed."""
    return _info(parse_token(token, policy))


def parse_token(token: bytes, policy: Policy) -> Cms:
    """A token's CMS. It may be in BER, as many authorities and archives write it: only its inner parts must be DER.

    Raises ``FaultError``.
    """
    try:
        return parse(token, policy)
    except NotTaken:
        if len(token) > policy.max_cms_bytes:
            raise
        return parse(ber.with_shortest_lengths(token), policy)


def _need(fault: Fault | None, sub_indication: str) -> None:
    if fault:
        raise BadTimestamp(fault, sub_indication)


def _info(cms: Cms) -> Info:
    if cms.content_type != oids.TST_INFO or cms.content is None:
        raise FaultError(Fault("no-tst-info"))
    version, policy, imprint, serial, time, *rest = der.element(cms.content).expect(der.SEQUENCE).children()
    if version.integer() != 1:
        raise FaultError(Fault("unknown-tst-info-version"))
    digest, hashed = imprint.expect(der.SEQUENCE).children()
    if time.tag != der.GENERALIZED_TIME:
        raise FaultError(Fault("timestamp-time-type"))
    return Info(
        policy=policy.oid(),
        digest=AlgorithmIdentifier.read(digest),
        imprint=hashed.expect(der.OCTET_STRING).content,
        serial=serial.integer(),
        time=time.time(),
        **_optional(rest),
    )


def _optional(rest: list[der.Element]) -> dict[str, Any]:
    """Accuracy, ordering, nonce, name of the authority, extensions: each is optional, the order is fixed."""
    order = (der.SEQUENCE, der.BOOLEAN, der.INTEGER, der.CONTEXT_0, der.CONTEXT_1)
    places = [order.index(member.tag) for member in rest if member.tag in order]
    if len(places) != len(rest) or places != sorted(set(places)):
        raise FaultError(Fault("unexpected-tst-info-members"))
    found = {member.tag: member for member in rest}
    if der.CONTEXT_1 in found:
        unknown = extensions.unknown_fault(
            extensions.from_sequence(found[der.CONTEXT_1].children(), written_false=True), frozenset()
        )
        if unknown:
            raise FaultError(unknown)
    accuracy: timedelta | None = None
    if der.SEQUENCE in found:
        accuracy = timedelta()
        for part in found[der.SEQUENCE].children():
            unit = {der.INTEGER: "seconds", MILLIS: "milliseconds", MICROS: "microseconds"}.get(part.tag)
            value = der.element(der.encode(der.INTEGER, part.content)).integer()
            if unit is None or not 0 <= value <= MAX_ACCURACY_PART:
                raise FaultError(Fault("timestamp-accuracy-malformed"))
            accuracy += timedelta(**{unit: value})
    return {"accuracy": accuracy, "nonce": found[der.INTEGER].integer() if der.INTEGER in found else None}


def _signer(cms: Cms) -> x509.Certificate:
    fitting: dict[x509.Certificate, None] = {}
    for facts in cms.certificates:
        # An unreadable certificate is not the signer's.
        with contextlib.suppress(*HOSTILE):
            if not attributes.identifier_fault(cms.signer, facts):
                fitting[facts.certificate] = None
    if len(fitting) != 1:
        raise BadTimestamp(Fault("timestamp-without-certificate"), "NO_SIGNING_CERTIFICATE_FOUND")
    return next(iter(fitting))


def _check(cms: Cms, info: Info, certificate: x509.Certificate, stamped: bytes, context: _Context) -> None:
    policy, used = context.policy, cms.signer.digest.oid
    if used in policy.digests and policy.digests[used].is_slow:
        # A digest is computed in pure Python only if a pinned authority certified the token's key.
        _need(*certificates.issued_fault(facts_of(certificate), context.trust, policy))
    _check_statement(info, stamped, context)
    _check_signature(cms, certificate, policy)
    _need(_purpose_fault(certificate), "CHAIN_CONSTRAINTS_FAILURE")
    _check_path(certificate, info, context)
    names = {policy.digests[info.digest.oid].name, policy.digests[used].name, key_strength(certificate)}
    _need(policy.sunset_fault(names, context.now), "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")


def _check_statement(info: Info, stamped: bytes, context: _Context) -> None:
    policy = context.policy
    known = policy.digests.get(info.digest.oid)
    if known is None or info.digest.parameters not in (b"", NULL):
        raise BadTimestamp(Fault("imprint-digest-not-allowed", digest=info.digest.oid), "CRYPTO_CONSTRAINTS_FAILURE")
    same = hmac.compare_digest(known.compute(stamped), info.imprint)
    _need(None if same else Fault("timestamp-content-differs"), "HASH_FAILURE")
    arc = policy.timestamp_policies
    allowed = info.policy == arc or info.policy.startswith(f"{arc}.")
    _need(None if allowed else Fault("timestamp-policy-not-allowed", policy=info.policy), "SIG_CONSTRAINTS_FAILURE")
    accuracy = info.accuracy if info.accuracy is not None else policy.assumed_accuracy
    if accuracy is None:
        raise BadTimestamp(Fault("timestamp-without-accuracy"), "TIMESTAMP_ORDER_FAILURE")
    if accuracy > policy.max_accuracy:
        raise BadTimestamp(Fault("timestamp-accuracy", accuracy=str(accuracy)), "TIMESTAMP_ORDER_FAILURE")
    if info.time > context.now + policy.clock_skew:
        raise BadTimestamp(Fault("timestamp-in-future", at=info.time.isoformat()), "TIMESTAMP_ORDER_FAILURE")


def _check_signature(cms: Cms, certificate: x509.Certificate, policy: Policy) -> None:
    signer, content = cms.signer, cms.content or b""
    _need(attributes.form_fault(signer), "FORMAT_FAILURE")
    _need(attributes.content_type_fault(signer, oids.TST_INFO), "FORMAT_FAILURE")
    unknown = None if signer.digest.oid in policy.digests else Fault("digest-not-allowed", digest=signer.digest.oid)
    _need(unknown, "CRYPTO_CONSTRAINTS_FAILURE")
    _need(attributes.digest_fault(signer, content, policy), "HASH_FAILURE")
    _need(attributes.timestamp_certificate_fault(signer, certificate, policy), "SIG_CONSTRAINTS_FAILURE")
    _need(attributes.protection_fault(signer), "SIG_CONSTRAINTS_FAILURE")
    _check_value(signer, certificate, policy)


def _check_value(signer: SignerInfo, certificate: x509.Certificate, policy: Policy) -> None:
    try:
        check_signature(
            certificate,
            signer.signature,
            signer.signed,
            signer.signature_algorithm,
            signer.digest,
            digests=policy.digests,
            signatures=policy.signatures,
        )
    except InvalidSignature as fault:
        raise BadTimestamp(Fault("timestamp-signature-mismatch"), "SIG_CRYPTO_FAILURE") from fault
    except (Unsuitable, UnsupportedAlgorithm) as fault:
        raise BadTimestamp(fault_of(fault), "CRYPTO_CONSTRAINTS_FAILURE") from fault


def _purpose_fault(certificate: x509.Certificate) -> Fault | None:
    """RFC 3161, 2.3: exactly one extended key usage, timeStamping, in a critical extension."""
    found = extensions.read(certificate)
    if extensions.purposes(found) != (oids.TIME_STAMPING,) or not found[oids.EXTENDED_KEY_USAGE].critical:
        return Fault("certificate-not-for-timestamps")
    if not extensions.may_sign(found):
        return Fault("key-usage-forbids-signatures")
    return extensions.unknown_fault(found, KNOWN_EXTENSIONS)


def _check_path(certificate: x509.Certificate, info: Info, context: _Context) -> None:
    path, fault, sub = certificates.find_path(facts_of(certificate), context.trust, context.policy, info.time)
    _need(fault, sub)
    if path is None:
        return
    _need(certificates.serial_fault(path.signer), "CHAIN_CONSTRAINTS_FAILURE")
    _need(certificates.authorities_fault(path, oids.TIME_STAMPING), "CHAIN_CONSTRAINTS_FAILURE")
    _need(*certificates.validity_fault(path, info.time, info.time))
    # Valid at its own time, it must also be valid at ``now``, or proven to be older.
    _need(certificates.trust_fault(path, context.now), "OUT_OF_BOUNDS_NO_POE")
    _need(*certificates.validity_fault(path, context.now, None))
    times = Times(info.time, context.now)
    _need(*timestamp_fault(path, context.trust, times, context.policy, context.revocations))
