"""Finds the earliest time at which a signature is proven to exist, by its timestamps (EN 319 102-1, 5.6).

The proof goes backwards from now: the last renewal must be valid now, the one before it at the time of the last, and so
on; the timestamps over the signature must be valid at the time of the first renewal. The first failure stops it and is
reported.
"""

from dataclasses import dataclass, field
from datetime import datetime

from signatures.evidence import renewal
from signatures.evidence.record import Evidence, Sources
from signatures.evidence.timestamps import BadTimestamp, Timestamp, verify_token
from signatures.policy import Policy
from signatures.report.faults import Fault, fault_of
from signatures.x509 import revocation
from signatures.x509.revocation import NOTHING, Revocations
from signatures.x509.trust import TrustStore


@dataclass
class Proof:
    """The result of judging evidence. Faults by the name of the check, each with its sub-indication.

    ``notes``: items that prove nothing; the caller decides whether one is needed.
    """

    proven: datetime | None = None
    revocations: Revocations = NOTHING
    faults: list[tuple[str, Fault, str]] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


def prove(evidence: Evidence, signature: bytes, trust: TrustStore, policy: Policy, now: datetime) -> Proof:
    """Judge evidence about a signature value at ``now``. Its proofs hold only if it names no fault."""
    proof = Proof()
    if fault := _limits_fault(evidence, policy):
        proof.faults.append(("evidence", fault, "FORMAT_FAILURE"))
        return proof
    at = _through_renewals(evidence, trust, policy, now, proof)
    proof.revocations = _read(evidence.sources, trust, policy, proof)
    times = []
    for token in evidence.timestamps:
        try:
            known = proof.revocations
            stamped = verify_token(token, signature, trust=trust, policy=policy, now=at, revocations=known)
            times.append(stamped.proven)
        except BadTimestamp as bad:
            proof.faults.append(("timestamp", bad.fault, bad.proof_sub_indication))
    # Renewals alone prove the time of the oldest of them.
    proof.proven = min([*times, at] if evidence.renewals and at < now else times, default=None)
    return proof


def _limits_fault(evidence: Evidence, policy: Policy) -> Fault | None:
    sources = [evidence.sources, *(renewed.sources for renewed in evidence.renewals)]
    proofs = [proof for source in sources for proof in (*source.ocsp, *source.crls)]
    items = [*proofs, *evidence.timestamps, *(renewed.token for renewed in evidence.renewals)]
    counts = {
        "too-many-timestamps": (len(evidence.timestamps), policy.max_timestamps),
        "too-many-revocations": (len(proofs), policy.max_revocations),
        "too-many-renewals": (len(evidence.renewals), policy.max_renewals),
        "too-many-evidence-bytes": (sum(map(len, items)), policy.max_evidence_bytes),
    }
    over = tuple(Fault(code, limit=limit) for code, (count, limit) in counts.items() if count > limit)
    return Fault("several", faults=over) if over else None


def _through_renewals(evidence: Evidence, trust: TrustStore, policy: Policy, now: datetime, proof: Proof) -> datetime:
    at = now
    for number in reversed(range(len(evidence.renewals))):
        try:
            at = _renewed(evidence, number, trust, policy, at, proof).proven
        except BadTimestamp as fault:
            named = Fault("in-renewal", number=number + 1, reason=fault.fault)
            proof.faults.append(("renewal", named, fault.proof_sub_indication))
            break
    return at


def _renewed(
    evidence: Evidence, number: int, trust: TrustStore, policy: Policy, at: datetime, proof: Proof
) -> Timestamp:
    renewed = evidence.renewals[number]
    algorithm = policy.digests.get(renewed.digest)
    if algorithm is None:
        raise BadTimestamp(Fault("tree-digest-not-allowed", digest=renewed.digest), "CRYPTO_CONSTRAINTS_FAILURE")
    if aged := policy.sunset_fault({algorithm.name}, at):
        raise BadTimestamp(aged, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
    try:
        root = renewal.compute_root(evidence, number, algorithm)
    except ValueError as fault:
        raise BadTimestamp(fault_of(fault), "FORMAT_FAILURE") from fault
    known = _read(renewed.sources, trust, policy, proof)
    return verify_token(renewed.token, root, trust=trust, policy=policy, now=at, revocations=known)


def _read(sources: Sources, trust: TrustStore, policy: Policy, proof: Proof) -> Revocations:
    found, faults = revocation.read(sources.crls, sources.ocsp, trust, policy)
    proof.notes += faults
    return found
