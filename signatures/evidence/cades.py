"""Exports a signature with its evidence as CAdES-B-LT (ETSI EN 319 122-1, 6), which other tools read.

Timestamps become unsigned attributes of the signer; certificates, revocation lists and OCSP responses become members of
the signed data. Nothing that is signed changes. Renewals have a form of their own and stay in the record.
"""

from signatures.asn1 import der, oids
from signatures.cms.parsing import TAG_0, TAG_1, unwrap
from signatures.evidence.record import Evidence
from signatures.evidence.timestamps import parse_token
from signatures.policy import DEFAULT, Policy
from signatures.report.faults import Fault, FaultError

# OCSP responses make the signed data version 5 (RFC 5652, 5.1; RFC 5940).
WITH_OTHER_REVOCATION = 5


def as_cades_lt(evidence: Evidence, policy: Policy = DEFAULT) -> bytes:
    """The signature in DER with everything that proves it.

    ``FaultError`` if the record has no timestamp or no revocation data, which B-LT requires.
    """
    sources = evidence.sources
    if not evidence.timestamps or not (sources.ocsp or sources.crls):
        raise FaultError(Fault("not-enough-for-cades-lt"))
    kind, wrapped = der.element(unwrap(evidence.cms, policy.max_cms_bytes)).children()
    version, digests, content, *rest = wrapped.first().children()
    members = {member.tag: member for member in rest[:-1]}
    (signer,) = rest[-1].children()
    tokens = {facts.der for token in evidence.timestamps for facts in parse_token(token, policy).certificates}
    responses = (der.encode(TAG_1, der.encode_oid(oids.OCSP_RESPONSE), response) for response in sources.ocsp)
    number = version.integer() if not sources.ocsp else WITH_OTHER_REVOCATION
    signed_data = der.encode(
        der.SEQUENCE,
        der.encode_integer(number),
        digests.raw,
        content.raw,
        _joined(TAG_0, members.get(TAG_0), (*sources.certificates, *tokens)),
        _joined(TAG_1, members.get(TAG_1), (*sources.crls, *responses)),
        der.encode_set(_stamped(signer, evidence.timestamps)),
    )
    return der.encode(der.SEQUENCE, kind.raw, der.encode(TAG_0, signed_data))


def _joined(tag: int, member: der.Element | None, more: tuple[bytes, ...]) -> bytes:
    """A set with what it had and what is added, each once."""
    had = [child.raw for child in member.children()] if member else []
    return der.encode(tag, *sorted({*had, *more}))


def _stamped(signer: der.Element, tokens: tuple[bytes, ...]) -> bytes:
    """The signer's part with a timestamp attribute for each token that is not there yet."""
    fields = signer.children()
    unsigned = fields.pop() if fields[-1].tag == TAG_1 else None
    had = [child.raw for child in unsigned.children()] if unsigned else []
    attributes = (
        der.encode(der.SEQUENCE, der.encode_oid(oids.SIGNATURE_TIMESTAMP), der.encode_set(token))
        for token in tokens
        if not any(token in attribute for attribute in had)
    )
    kept = der.encode(TAG_1, *sorted([*had, *attributes]))
    return der.encode(der.SEQUENCE, *(field.raw for field in fields), kept)
