"""Requirements on a signature, as data: limits, algorithms, and the profile of the signer's certificate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from signatures.asn1 import oids
from signatures.crypto.algorithms import DIGESTS, SIGNATURES, Digest, SignatureAlgorithm
from signatures.report.faults import Fault

# RSA of 2048 bits has a strength of 112 bits, which NIST SP 800-131A allows until the end of 2030.
SUNSETS: Mapping[str, datetime] = {"RSA-2048": datetime(2031, 1, 1, tzinfo=UTC)}


@dataclass(frozen=True)
class Policy:
    """The rules by which :func:`signatures.verify` judges a signature.

    ``purpose``: if given, a trust store of another purpose is refused (a demo store in production).
    ``role_arc``: the signer's extended key usage must include a role under this arc, whatever the caller expects.
    ``clock_skew``: how far other clocks may be ahead of the local one. ``ocsp_age``: how long an OCSP answer without
    nextUpdate is valid.
    ``key_usages``: the key usages that the signer's certificate must have.
    ``digests``, ``signatures``: the algorithm table by object identifier; a country's own algorithms are added here.
    ``sunsets``: until when an algorithm is accepted, unless the signature is proven to be older (digests by name, keys
    as :func:`~signatures.crypto.algorithms.key_strength` names them). ``max_...``: limits that are checked first.
    ``needs_timestamp``: without a timestamp that proves it, a signature is INDETERMINATE, TRY_LATER.
    ``timestamp_policies``: the arc that a timestamp's policy must be under. ``assumed_accuracy``: the accuracy of a
    timestamp that states none; ``None`` refuses it.
    """

    name: str = "ecase-kz-1"
    purpose: str | None = None
    max_cms_bytes: int = 256 * 1024
    max_certificates: int = 8
    max_certificate_bytes: int = 8 * 1024
    max_attributes: int = 32
    max_attributes_bytes: int = 4 * 1024
    clock_skew: timedelta = timedelta(minutes=5)
    ocsp_age: timedelta = timedelta(minutes=10)
    digests: Mapping[str, Digest] = field(default_factory=lambda: DIGESTS)
    signatures: Mapping[str, SignatureAlgorithm] = field(default_factory=lambda: SIGNATURES)
    sunsets: Mapping[str, datetime] = field(default_factory=lambda: SUNSETS)
    max_timestamps: int = 4
    max_renewals: int = 16
    max_revocations: int = 64
    max_evidence_bytes: int = 32 * 1024 * 1024
    timestamp_policies: str = oids.KZ_TIMESTAMP_POLICIES
    needs_timestamp: bool = False
    assumed_accuracy: timedelta | None = timedelta(minutes=1)
    max_accuracy: timedelta = timedelta(minutes=1)
    forbidden_attributes: frozenset[str] = frozenset({oids.COUNTER_SIGNATURE, oids.SIGNING_CERTIFICATE})
    role_arc: str = oids.KZ_ROLES
    key_usages: frozenset[str] = frozenset({"nonRepudiation"})
    certificate_policies: frozenset[str] = frozenset(
        {oids.KZ_POLICY, oids.KZ_POLICY_LEGAL_SIGNATURE, oids.KZ_POLICY_INDIVIDUAL_SIGNATURE}
    )
    organisation_policies: frozenset[str] = frozenset({oids.KZ_POLICY, oids.KZ_POLICY_LEGAL_SIGNATURE})

    def sunset_fault(self, names: Iterable[str], at: datetime) -> Fault | None:
        """The fault that names the strengths no longer accepted at that time."""
        over = sorted(name for name in names if name in self.sunsets and at >= self.sunsets[name])
        return Fault("algorithms-outdated", at=at.isoformat(), algorithms=", ".join(over)) if over else None


DEFAULT = Policy()
