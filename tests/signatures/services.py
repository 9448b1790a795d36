"""A timestamp authority, an OCSP responder and lists for the tests, with the tests' clock."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.asn1 import der, oids
from signatures.clients.evidence import Addresses
from signatures.cms import parse
from signatures.crypto.algorithms import DIGESTS
from signatures.demo.issuing import RESPONDER, TIMESTAMPING, Issuer, Profile, Span, authority_name
from signatures.demo.services import Responder, TimestampAuthority, server
from signatures.evidence import Evidence, Sources
from signatures.policy import DEFAULT
from signatures.x509 import ocsp
from tests.signatures.makers import CONTENT, NOW, SPAN, Owner, Pki, algorithm, octets, sequence

NONCE = b"n" * 32


def tsa(
    issuer: Issuer, at: datetime = NOW, span: Span = SPAN, profile: Profile = TIMESTAMPING, key: Any = None
) -> TimestampAuthority:
    """A timestamp authority, with a new key if none is given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    certificate = issuer.issue(authority_name("TEST TSA"), key, profile, span)
    return TimestampAuthority(key, (certificate, issuer.certificate), lambda: at)


def imprint(data: bytes, digest: str = oids.SHA256) -> bytes:
    return sequence(algorithm(digest), octets(DIGESTS[digest].compute(data)))


def responder(issuer: Issuer, at: datetime = NOW, **changes: Any) -> Responder:
    """An OCSP responder that the issuer authorised, with a new key. ``profile``, ``span``, ``more`` for its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    profile, span = changes.pop("profile", RESPONDER), changes.pop("span", SPAN)
    more = changes.pop("more", [x509.OCSPNoCheck()])
    certificate = issuer.issue(authority_name("TEST OCSP"), key, profile, span, more)
    return Responder(key, certificate, issuer.certificate, clock=lambda: at, **changes)


def asked(owner: Owner | x509.Certificate, by: Responder, nonce: bytes = NONCE) -> bytes:
    """The responder's answer about a certificate."""
    certificate = owner if isinstance(owner, x509.Certificate) else owner.certificate
    return by.answer(ocsp.request(certificate, by.issuer, nonce))


def value_of(cms: bytes) -> bytes:
    """The signature value, over which timestamps are made."""
    return parse(cms, DEFAULT).signer.signature


def lists(pki: Pki, span: Span = SPAN) -> tuple[bytes, ...]:
    return tuple(issuer.revocation_list(span).public_bytes(Encoding.DER) for issuer in (pki.root, pki.issuer))


def evidence(cms: bytes, *tokens: bytes, content: bytes = CONTENT, **sources: Any) -> Evidence:
    return Evidence(cms, content, tokens, Sources(**sources))


@dataclass
class Script:
    """The answers of a server by path, and the paths requested."""

    answers: Mapping[str, Callable[[bytes], bytes]]
    asked: list[str] = field(default_factory=list)

    def recorded(self) -> dict[str, Callable[[bytes], bytes]]:
        return {path: self._record(path, answer) for path, answer in self.answers.items()}

    def _record(self, path: str, answer: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        def reply(body: bytes) -> bytes:
            self.asked.append(path)
            return answer(body)

        return reply


@contextlib.contextmanager
def served(answers: Mapping[str, Callable[[bytes], bytes]]) -> Iterator[tuple[str, list[str]]]:
    """A real server on loopback; yields its address and the requested paths."""
    script = Script(answers)
    http = server(script.recorded(), 0)
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}", script.asked
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def addresses(base: str, tsa: tuple[str, ...] = ("/tsa",), ocsp: tuple[str, ...] = ("/ocsp",)) -> Addresses:
    return Addresses(
        tuple(base + path for path in tsa),
        tuple(base + path for path in ocsp),
        [[f"{base}/root.crl"], [f"{base}/issuer.crl"]],
    )


def der_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def resealed(response: bytes, key: ec.EllipticCurvePrivateKey, change: Callable[[bytes], bytes]) -> bytes:
    """An OCSP response with a changed body, signed again."""
    from cryptography.hazmat.primitives import hashes

    _status, wrapped = der.element(response).children()
    basic = der.element(wrapped.children()[0].children()[1].content)
    message, used, _signature, *more = basic.children()
    body = change(message.raw)
    value = der.encode(der.BIT_STRING, b"\x00", key.sign(body, ec.ECDSA(hashes.SHA256())))
    made = sequence(body, used.raw, value, *(element.raw for element in more))
    inner = sequence(der.encode_oid(oids.OCSP_BASIC), octets(made))
    return sequence(der.encode(der.ENUMERATED, b"\x00"), der.encode(0xA0, inner))
