"""Until when evidence proves a signature; before that instant it must be renewed."""

from datetime import datetime

from cryptography import x509

from signatures.cms.attributes import identifier_fault
from signatures.cms.parsing import parse
from signatures.crypto.algorithms import strengths
from signatures.evidence.record import Evidence
from signatures.policy import Policy


def fades_at(evidence: Evidence, policy: Policy) -> datetime | None:
    """When the last proof of the signature's time ends; ``None`` if there is no timestamp.

    A timestamp's proof ends when its authority's certificate expires, or when its digest or key is no longer accepted.
    ``ValueError`` for a token that cannot be read.
    """
    tokens = [evidence.renewals[-1].token] if evidence.renewals else list(evidence.timestamps)
    ends = [_end(token, policy) for token in tokens]
    if evidence.renewals and (tree := policy.digests.get(evidence.renewals[-1].digest)):
        ends = [_earliest(end, (tree.name,), policy) for end in ends]
    return max(ends, default=None)


def _end(token: bytes, policy: Policy) -> datetime:
    parsed = parse(token, policy)
    signer = next(
        certificate for certificate in parsed.certificates if not identifier_fault(parsed.signer, certificate)
    )
    names = strengths(signer.certificate, policy.digests[parsed.signer.digest.oid])
    return _earliest(_expiry(signer.certificate), names, policy)


def _expiry(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc


def _earliest(end: datetime, names: tuple[str, ...], policy: Policy) -> datetime:
    return min([end, *(policy.sunsets[name] for name in names if name in policy.sunsets)])
