"""Past the signatures: a fuzzer never finds one, so what is signed is changed and signed anew.

That is what an authority gone bad could send, or an officer with a program of his own.
"""

import hashlib
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signatures import Evidence, verify
from signatures.asn1 import der, oids
from signatures.cms import parse
from signatures.cms.signing import encapsulated
from signatures.demo.services import Responder, TimestampAuthority
from signatures.evidence import Sources
from signatures.policy import DEFAULT
from signatures.report import Report
from tests.fuzz.targets import EXPECTED, NEVER, Target, samples
from tests.signatures.makers import CONTENT, NOW, SPAN, algorithm, ess, octets, sequence
from tests.signatures.services import asked, imprint, tsa, value_of


def signed_by_issuer(body: bytes, *more: bytes) -> bytes:
    """``SEQUENCE { body, algorithm, signature }``, the form of certificates, lists and basic OCSP responses."""
    signature = samples().court.pki.issuer.key.sign(body, ec.ECDSA(hashes.SHA256()))
    return sequence(body, algorithm(oids.ECDSA_SHA256), der.encode(der.BIT_STRING, b"\x00", signature), *more)


def _judged(cms: bytes, **evidence: tuple[bytes, ...]) -> Report:
    tokens = evidence.pop("tokens", ())
    kept = Evidence(samples().cms, CONTENT, tokens, Sources(**evidence)) if tokens or evidence else None
    trust = samples().court.pki.trust()
    report = verify(cms, CONTENT, trust=trust, expected=EXPECTED, at=NOW, evidence=kept, now=NOW if kept else None)
    report.as_dict()
    return report


def _certificate(body: bytes) -> bool:
    """The signature names the certificate by its digest, issuer and serial number, so it is made anew as well."""
    person, made = samples().court.person, signed_by_issuer(body)
    reference = ess(person.certificate, digest=hashlib.sha256(made).digest())
    changes = {"without": oids.SIGNING_CERTIFICATE_V2, "more": [reference], "certificates": [person.certificate]}
    cms = person.sign(**changes, identifier=_identifier(body))
    info, wrapped = der.element(cms).children()
    version, digests, content, _certificates, infos = wrapped.first().children()
    carried = sequence(version.raw, digests.raw, content.raw, der.encode(0xA0, made), infos.raw)
    return _judged(sequence(info.raw, der.encode(0xA0, carried))).passed


def _identifier(body: bytes) -> bytes | None:
    """Issuer and serial number as the changed certificate states them (S-F5: a negative one, too)."""
    try:
        _version, serial, _algorithm, issuer, *_rest = der.element(body).children()
    except ValueError:
        return None
    return sequence(issuer.raw, serial.raw)


def _attributes(body: bytes) -> bool:
    return _judged(samples().court.person.sign(attributes=[body], sort=False)).passed


def _list(body: bytes) -> bool:
    return _judged(samples().cms, crls=(signed_by_issuer(body),)).passed


def _answer(body: bytes) -> bool:
    inner = sequence(der.encode_oid(oids.OCSP_BASIC), octets(signed_by_issuer(body)))
    response = sequence(der.encode(der.ENUMERATED, b"\x00"), der.encode(0xA0, inner))
    return _judged(samples().cms, ocsp=(response,)).passed


def _token(info: bytes) -> bool:
    authority = _authority()
    token = encapsulated(info, oids.TST_INFO, authority.key, authority.chain, NOW)
    return _judged(samples().cms, tokens=(token,)).passed


@cache
def _authority() -> TimestampAuthority:
    return tsa(samples().court.pki.issuer)


def _body(data: bytes) -> bytes:
    return der.element(data).first().raw


def _attribute_seeds() -> list[bytes]:
    return [der.element(parse(samples().cms, DEFAULT).signer.signed).content]


def _answer_seeds() -> list[bytes]:
    """The issuer's own answer: no certificate of a responder stands between."""
    issuer = samples().court.pki.issuer
    own = Responder(issuer.key, issuer.certificate, issuer.certificate, clock=lambda: NOW)
    _status, wrapped = der.element(asked(samples().court.person, own)).children()
    return [_body(wrapped.first().children()[1].content)]


def _list_seeds() -> list[bytes]:
    pki = samples().court.pki
    return [_body(pki.issuer.revocation_list(SPAN).public_bytes(Encoding.DER))]


def _token_seeds() -> list[bytes]:
    return [_authority().info(imprint(value_of(samples().cms)))]


RESIGNED = {
    "certificate-signed": Target(
        _certificate, lambda: [_body(samples().court.person.certificate.public_bytes(Encoding.DER))], NEVER
    ),
    "attributes-signed": Target(_attributes, _attribute_seeds, NEVER),
    "list-signed": Target(_list, _list_seeds, NEVER),
    "ocsp-signed": Target(_answer, _answer_seeds, NEVER),
    "timestamp-signed": Target(_token, _token_seeds, NEVER),
}
