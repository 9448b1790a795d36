"""What a signature must be, as data: limits, algorithms, and the profile of the signer's certificate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from signatures import oids
from signatures.algorithms import DIGESTS, SIGNATURES, Digest, SignatureAlgorithm


@dataclass(frozen=True)
class Policy:
    """The rules that :func:`signatures.verify` holds a signature against.

    ``purpose``: if given, a trust store of another purpose is refused (a demo store in production).
    ``role_arc``: the signer's extended key usage must hold a role under this arc, whichever the caller expects.
    ``digests``, ``signatures``: the algorithm table by object identifier; a country's own algorithms are added here.
    """

    name: str = "ecase-kz-1"
    purpose: str | None = None
    max_cms_bytes: int = 256 * 1024
    max_certificates: int = 8
    max_attributes: int = 32
    max_chain: int = 4
    clock_skew: timedelta = timedelta(minutes=5)
    digests: Mapping[str, Digest] = field(default_factory=lambda: DIGESTS)
    signatures: Mapping[str, SignatureAlgorithm] = field(default_factory=lambda: SIGNATURES)
    forbidden_attributes: frozenset[str] = frozenset({oids.COUNTER_SIGNATURE, oids.SIGNING_CERTIFICATE})
    role_arc: str = oids.KZ_ROLES
    certificate_policies: frozenset[str] = frozenset(
        {oids.KZ_POLICY, oids.KZ_POLICY_LEGAL_SIGNATURE, oids.KZ_POLICY_INDIVIDUAL_SIGNATURE}
    )
    organisation_policies: frozenset[str] = frozenset({oids.KZ_POLICY, oids.KZ_POLICY_LEGAL_SIGNATURE})


DEFAULT = Policy()
