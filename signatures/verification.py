"""Verifies a detached CAdES-B signature against pinned trust and an expected identity.

The steps, each a named check of the report: form, detachment, signed attributes, digest of the content, the signer's
certificate, the signature value, the path to a pinned root, validity, revocation, the certificate's profile and owner.
Checks go on after a fault where that is possible: the report names all faults.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from signatures.asn1 import oids
from signatures.cms import attributes
from signatures.cms.parsing import Cms, Malformed, NotTaken, SignerInfo, parse, unwrap
from signatures.crypto.algorithms import Unsuitable, check_signature, find_signature
from signatures.evidence.proof_of_existence import prove
from signatures.evidence.record import Evidence
from signatures.evidence.timestamps import FADED
from signatures.policy import DEFAULT, Policy
from signatures.report.faults import Fault, fault_of
from signatures.report.report import HOSTILE, Fatal, Findings, Report
from signatures.x509 import certificates
from signatures.x509.certificates import Judged
from signatures.x509.facts import Facts
from signatures.x509.revocation import NOTHING, UNKNOWN, Revocations, Times, revocation_fault
from signatures.x509.trust import TrustStore

# EN 319 102-1, table 6: a property that the constraints do not allow, in a form that the standards allow.
NOT_TAKEN = "SIG_CONSTRAINTS_FAILURE"


@dataclass(frozen=True)
class Expected:
    """Who must have signed. A number that is ``None`` is not checked, but reported.

    ``roles``: extended key usages of which the certificate must have one; empty for any role of the national arc.
    ``usage``: "signing" for an officer; "seal" for the service, whose certificate must be pinned as a seal.
    ``created_after``: an instant after which the signed bytes were provably made (the issue time of the challenge in
    them). It can prove that a certificate had expired or been revoked; without it such a fault is ``..._NO_POE``.
    """

    iin: str | None = None
    bin: str | None = None
    roles: frozenset[str] = frozenset()
    usage: Literal["signing", "seal"] = "signing"
    created_after: datetime | None = None


@dataclass
class _Examination:
    """The state of a verification. ``at`` becomes the best signature time; ``more``: revocation data of the evidence.

    ``notes``: items of the evidence that prove nothing. ``undecided``: whether a fact is unknown that such an item
    might have proven.
    """

    content: bytes
    trust: TrustStore
    expected: Expected
    at: datetime
    policy: Policy
    findings: Findings
    now: datetime | None = None
    evidence: Evidence | None = None
    more: Revocations = NOTHING
    notes: tuple[Fault, ...] = ()
    undecided: bool = False


def verify(  # noqa: PLR0913 - all but two by name
    cms: bytes,
    content: bytes,
    *,
    trust: TrustStore,
    expected: Expected,
    at: datetime,
    policy: Policy = DEFAULT,
    evidence: Evidence | None = None,
    now: datetime | None = None,
) -> Report:
    """Verify a detached CMS signature (DER, or one PEM block) over ``content``.

    ``at`` is the best signature time: the earliest time at which the signature is proven to have existed; for a
    signature just received, the server's clock. It must be aware.
    ``evidence``: the record of the signature. Its timestamps may prove an earlier time, its responses and lists are
    revocation data. It is judged at ``now``, the time of this verification, by default ``at``. A timestamp or renewal
    that is no longer valid is ignored if ``at`` is earlier than ``now``: then the time is proven otherwise.
    Never raises on hostile input: every fault of ``cms`` or ``content`` is in the report.
    """
    findings = Findings(facts={"best_signature_time": at, "policy": policy.name})
    if evidence is not None and now is None:
        now = at
    examination = _Examination(content, trust, expected, at, policy, findings, now, evidence)
    try:
        _examine(examination, cms)
    except Fatal:
        # The check that ended the examination is in the findings.
        return findings.report()
    return findings.report()


def _examine(examination: _Examination, data: bytes) -> None:
    findings = examination.findings
    cms = _parsed(data, examination)
    _check_form(cms, examination)
    facts = _signing_certificate(cms.signer, cms.certificates, findings)
    _check_before_slow_work(cms.signer, facts, examination)
    _check_attributes(cms.signer, facts, examination)
    _check_signature(cms.signer, facts.certificate, examination)
    _check_evidence(data, cms.signer, examination)
    path = _check_path(facts, cms.signer, examination)
    # Items of evidence that prove nothing are faults if something stays undecided, else notes.
    for note in examination.notes:
        if examination.undecided:
            findings.add("evidence", note, "TRY_LATER")
        else:
            findings.note("evidence", note)
    _check_profile(facts, path, examination)


def _fault(look: Callable[..., Judged], *arguments: object) -> Judged:
    """The result of a check with its sub-indication; an unreadable certificate is a fault of the chain."""
    try:
        return look(*arguments)
    except HOSTILE as fault:
        return Fault("unreadable", reason=fault_of(fault)), "CERTIFICATE_CHAIN_GENERAL_FAILURE"


def _said(look: Callable[..., Fault | None], *arguments: object) -> Fault | None:
    """The result of a check; an unreadable structure is a fault too."""
    try:
        return look(*arguments)
    except HOSTILE as fault:
        return Fault("unreadable", reason=fault_of(fault))


def _parsed(data: bytes, examination: _Examination) -> Cms:
    policy, trust = examination.policy, examination.trust
    if policy.purpose not in (None, trust.purpose):
        wrong = Fault("trust-purpose-differs", found=trust.purpose, expected=str(policy.purpose))
        examination.findings.need("trust", wrong, "NO_CERTIFICATE_CHAIN_FOUND")
    examination.findings.add("trust", None, "")
    try:
        cms = parse(data, policy)
    except Malformed as fault:
        sub = NOT_TAKEN if isinstance(fault, NotTaken) else "FORMAT_FAILURE"
        examination.findings.need("format", fault.fault, sub)
        raise
    except HOSTILE as fault:
        examination.findings.need("format", Fault("certificate-unreadable", reason=fault_of(fault)), "FORMAT_FAILURE")
        raise
    examination.findings.add("format", None, "")
    return cms


def _check_form(cms: Cms, examination: _Examination) -> None:
    findings, policy, signer = examination.findings, examination.policy, cms.signer
    inside = None if cms.content is None else Fault("content-inside")
    findings.need("detached", inside, NOT_TAKEN)
    forbidden = _said(attributes.forbidden_fault, signer, policy)
    malformed = _said(attributes.form_fault, signer)
    findings.need("signed-attributes", malformed or forbidden, "FORMAT_FAILURE" if malformed else NOT_TAKEN)
    other = _said(attributes.content_type_fault, signer, cms.content_type)
    plain = None if cms.content_type == oids.DATA else Fault("content-type-not-data")
    findings.need("content-type", other or plain, "FORMAT_FAILURE" if other else NOT_TAKEN)
    countersigned = any(attribute.oid == oids.COUNTER_SIGNATURE for attribute in signer.unsigned)
    findings.add("counter-signature", Fault("counter-signed") if countersigned else None, NOT_TAKEN)
    # RFC 5652 allows DER of signed attributes to be presented as content; no genuine content is such a set.
    attributes_like = attributes.is_set_of_attributes(examination.content)
    findings.add("content", Fault("content-looks-like-attributes") if attributes_like else None, "FORMAT_FAILURE")


def _signing_certificate(signer: SignerInfo, found: tuple[Facts, ...], findings: Findings) -> Facts:
    named = [facts for facts in found if not _said(attributes.identifier_fault, signer, facts)]
    fitting = list({facts.der: facts for facts in named}.values())
    fault = None if len(fitting) == 1 else Fault("not-one-signing-certificate", found=len(fitting))
    findings.need("signing-certificate", fault, "NO_SIGNING_CERTIFICATE_FOUND")
    facts = fitting[0]
    try:
        findings.facts["signer"] = facts.signer
        unusable = certificates.serial_fault(facts) or certificates.extensions_fault(facts)
    except HOSTILE as unreadable:
        findings.need("certificate", Fault("unreadable", reason=fault_of(unreadable)), "CHAIN_CONSTRAINTS_FAILURE")
        raise
    findings.add("certificate", unusable, "CHAIN_CONSTRAINTS_FAILURE")
    return facts


def _check_before_slow_work(signer: SignerInfo, facts: Facts, examination: _Examination) -> None:
    """Compute a digest in pure Python only for a fitting key that a pinned authority certified."""
    findings, policy = examination.findings, examination.policy
    digest = policy.digests.get(signer.digest.oid)
    if digest is None or not digest.is_slow:
        return
    findings.need("chain", *_fault(certificates.issued_fault, facts, examination.trust, policy))
    unfit: Fault | None = None
    try:
        find_signature(signer.signature_algorithm.oid, signer.digest.oid, policy.signatures).fits(facts.certificate)
    except Unsuitable as fault:
        unfit = fault.fault
    except HOSTILE as fault:
        unfit = Fault("unreadable", reason=fault_of(fault))
    findings.need("signature", unfit, "CRYPTO_CONSTRAINTS_FAILURE")


def _check_attributes(signer: SignerInfo, facts: Facts, examination: _Examination) -> None:
    findings, policy = examination.findings, examination.policy
    digest = signer.digest.oid
    unknown = None if digest in policy.digests else Fault("digest-algorithm-not-allowed", digest=digest)
    findings.need("digest-algorithm", unknown, "CRYPTO_CONSTRAINTS_FAILURE")
    findings.add("message-digest", *_digest_fault(signer, examination))
    bound = _said(attributes.certificate_fault, signer, facts, policy)
    findings.add("signing-certificate-attribute", bound, "SIG_CONSTRAINTS_FAILURE")
    protected = _said(attributes.protection_fault, signer)
    findings.add("algorithm-protection", protected, "SIG_CONSTRAINTS_FAILURE")
    malformed: Fault | None = None
    try:
        findings.facts["signing_time"] = attributes.signing_time(signer)
    except HOSTILE as fault:
        malformed = Fault("unreadable", reason=fault_of(fault))
    findings.add("signing-time", malformed, "FORMAT_FAILURE")


def _digest_fault(signer: SignerInfo, examination: _Examination) -> Judged:
    """The fault of messageDigest; content too large for a slow digest is not proven to differ."""
    try:
        fault = attributes.digest_fault(signer, examination.content, examination.policy)
    except Unsuitable as unsuitable:
        return unsuitable.fault, "CRYPTO_CONSTRAINTS_FAILURE"
    except HOSTILE as unreadable:
        return Fault("unreadable", reason=fault_of(unreadable)), "HASH_FAILURE"
    return fault, "HASH_FAILURE"


def _check_signature(signer: SignerInfo, certificate: x509.Certificate, examination: _Examination) -> None:
    findings = examination.findings
    try:
        _verify_value(signer, certificate, examination)
    except InvalidSignature:
        findings.add("signature", Fault("signature-value-mismatch"), "SIG_CRYPTO_FAILURE")
    except Unsuitable as fault:
        findings.add("signature", fault.fault, "CRYPTO_CONSTRAINTS_FAILURE")
    except HOSTILE as fault:
        unreadable = Fault("key-or-signature-unreadable", reason=fault_of(fault))
        findings.add("signature", unreadable, "CRYPTO_CONSTRAINTS_FAILURE")
    else:
        findings.add("signature", None, "")


def _verify_value(signer: SignerInfo, certificate: x509.Certificate, examination: _Examination) -> None:
    policy, facts = examination.policy, examination.findings.facts
    algorithm = check_signature(
        certificate,
        signer.signature,
        signer.signed,
        signer.signature_algorithm,
        signer.digest,
        digests=policy.digests,
        signatures=policy.signatures,
    )
    digest = policy.digests[signer.digest.oid].name
    facts["algorithm"] = algorithm.name if algorithm.name.endswith(digest) else f"{algorithm.name}, {digest}"
    facts["signature_sha256"] = hashlib.sha256(algorithm.identity(certificate, signer.signature)).hexdigest()


def _check_evidence(data: bytes, signer: SignerInfo, examination: _Examination) -> None:
    """Judge the evidence. Timestamps may move the best signature time back, never forward."""
    evidence, now, findings = examination.evidence, examination.now, examination.findings
    if evidence is None or now is None:
        if examination.policy.needs_timestamp:
            findings.add("timestamp", Fault("no-timestamp"), "TRY_LATER")
        return
    other = _said(_other_signature_fault, evidence, data, examination)
    same = findings.add("evidence", other, "NO_POE")
    proof = prove(evidence, signer.signature, examination.trust, examination.policy, now)
    examination.more = proof.revocations
    examination.notes = tuple(proof.notes)
    otherwise_proven = examination.at < now
    for name, fault, sub in proof.faults:
        if not (otherwise_proven and sub in FADED and name != "evidence"):
            findings.add(name, fault, sub)
            examination.undecided = True
    if same and proof.proven:
        findings.add("timestamp", None, "")
        examination.at = min(examination.at, proof.proven)
        findings.facts["best_signature_time"] = examination.at
    elif examination.policy.needs_timestamp:
        findings.add("timestamp", Fault("no-timestamp"), "TRY_LATER")


def _other_signature_fault(evidence: Evidence, data: bytes, examination: _Examination) -> Fault | None:
    limit = examination.policy.max_cms_bytes
    same = unwrap(evidence.cms, limit) == unwrap(data, limit) and evidence.content == examination.content
    return None if same else Fault("evidence-of-another-signature")


def _check_path(facts: Facts, signer: SignerInfo, examination: _Examination) -> certificates.Path | None:
    """The path to a pinned root, if there is one; its faults are recorded."""
    findings, trust, policy = examination.findings, examination.trust, examination.policy
    at, created_after = examination.at, examination.expected.created_after
    try:
        path, fault, sub = certificates.find_path(facts, trust, policy, at)
    except HOSTILE as unreadable:
        path, fault, sub = None, Fault("unreadable", reason=fault_of(unreadable)), "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    if not findings.add("chain", fault, sub) or path is None:
        return None
    findings.add("authorities", _said(lambda: path.fault_for_signatures), "CHAIN_CONSTRAINTS_FAILURE")
    findings.add("validity", *_fault(certificates.validity_fault, path, at, created_after))
    times = Times(at, examination.now or UNKNOWN, created_after)
    known = _fault(revocation_fault, path, trust, times, policy, examination.more)
    findings.add("revocation", *known)
    if known[1] == "TRY_LATER":
        examination.undecided = True
    digest = policy.digests[signer.digest.oid].name
    aged = _said(lambda: policy.sunset_fault({digest, *path.strengths}, at))
    findings.add("algorithm-age", aged, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
    return path


def _check_profile(facts: Facts, path: certificates.Path | None, examination: _Examination) -> None:
    findings, policy, expected = examination.findings, examination.policy, examination.expected
    sub = "CHAIN_CONSTRAINTS_FAILURE"
    findings.add("key-usage", _said(certificates.usage_fault, facts, policy), sub)
    roles = expected.roles or (frozenset({oids.KZ_INFORMATION_SYSTEM}) if expected.usage == "seal" else frozenset())
    findings.add("role", _said(certificates.role_fault, facts, roles, policy), sub)
    allowed = policy.certificate_policies if expected.bin is None else policy.organisation_policies
    findings.add("certificate-policy", _said(certificates.policy_fault, facts, path, allowed), sub)
    if expected.usage == "seal":
        pinned = examination.trust.is_seal(facts.certificate, examination.at)
        findings.add("seal", None if pinned else Fault("not-a-pinned-seal"), "SIG_CONSTRAINTS_FAILURE")
    else:
        findings.add("iin", _number_fault("iin", facts.signer.iin, expected.iin), "SIG_CONSTRAINTS_FAILURE")
    if expected.bin is not None:
        findings.add("bin", _number_fault("bin", facts.signer.bin, expected.bin), "SIG_CONSTRAINTS_FAILURE")


def _number_fault(name: str, found: str | None, expected: str | None) -> Fault | None:
    if found is None:
        return Fault(f"{name}-missing")
    if expected in (None, found):
        return None
    return Fault(f"{name}-differs", found=found, expected=expected)
