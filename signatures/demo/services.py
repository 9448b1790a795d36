"""A timestamp authority (RFC 3161) and an OCSP responder (RFC 6960) of the demo authority: never for production.

``python -m signatures.demo.services DIR --port 8790`` serves the folder that ``signatures.demo.pki`` made, on loopback
only: ``POST /tsa``, ``POST /ocsp``, ``GET /root.crl``, ``GET /issuer.crl``.
"""

import argparse
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from signatures.asn1 import der, oids
from signatures.cms.signing import ECDSA_SHA256, encapsulated
from signatures.crypto.algorithms import public_key
from signatures.x509.revocation import REASONS
from signatures.x509.trust import read_certificates

MAX_REQUEST = 16 * 1024
POLICY = f"{oids.KZ_TIMESTAMP_POLICIES}.4"


@dataclass(frozen=True)
class TimestampAuthority:
    """A key, its certificate chain (the timestamp certificate first) and a clock."""

    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def answer(self, request: bytes) -> bytes:
        """A TimeStampResp for a TimeStampReq; ``ValueError`` if the request is malformed."""
        _version, imprint, *rest = der.element(request).expect(der.SEQUENCE).children()
        given = {element.tag: element for element in rest}
        wanted = given[der.OID].oid() if der.OID in given else POLICY
        nonce = given[der.INTEGER].raw if der.INTEGER in given else b""
        granted = der.encode(der.SEQUENCE, der.encode_integer(0))
        return der.encode(der.SEQUENCE, granted, self.token(imprint.raw, wanted, nonce))

    def token(self, imprint: bytes, policy: str = POLICY, nonce: bytes = b"", accuracy: bytes | None = None) -> bytes:
        """A token over a MessageImprint; ``nonce`` and ``accuracy`` in DER."""
        info = self.info(imprint, policy, nonce, accuracy)
        return encapsulated(info, oids.TST_INFO, self.key, self.chain, self.clock())

    def info(self, imprint: bytes, policy: str = POLICY, nonce: bytes = b"", accuracy: bytes | None = None) -> bytes:
        """The TSTInfo of a token."""
        second = der.encode(der.SEQUENCE, der.encode_integer(1))
        return der.encode(
            der.SEQUENCE,
            der.encode_integer(1),
            der.encode_oid(policy),
            imprint,
            der.encode_integer(secrets.randbits(63)),
            der.encode(der.GENERALIZED_TIME, _written(self.clock())),
            second if accuracy is None else accuracy,
            nonce,
        )


@dataclass(frozen=True)
class Responder:
    """A key with a certificate for OCSP, and the revoked serial numbers with instant and reason.

    Like Kazakhstan's responder, it states no nextUpdate and repeats the nonce.
    """

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    issuer: x509.Certificate
    revoked: Mapping[int, tuple[datetime, x509.ReasonFlags]] = field(default_factory=dict)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def answer(self, request: bytes) -> bytes:
        """An OCSPResponse; ``ValueError`` if the request is malformed."""
        (wanted,) = der.element(request).expect(der.SEQUENCE).children()
        listed, *more = wanted.expect(der.SEQUENCE).children()
        identifier = listed.first().first()
        *_names, serial = identifier.children()
        at = der.encode(der.GENERALIZED_TIME, _written(self.clock()))
        answer = der.encode(der.SEQUENCE, identifier.raw, self._status(serial.integer()), at)
        key = hashlib.sha1(public_key(self.certificate)[1], usedforsecurity=False).digest()
        responder = der.encode(0xA2, der.encode(der.OCTET_STRING, key))
        repeated = [der.encode(der.CONTEXT_1, element.content) for element in more]
        message = der.encode(der.SEQUENCE, responder, at, der.encode(der.SEQUENCE, answer), *repeated)
        value = der.encode(der.BIT_STRING, b"\x00", self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        own = der.encode(der.CONTEXT_0, der.encode(der.SEQUENCE, self.certificate.public_bytes(Encoding.DER)))
        basic = der.encode(der.OCTET_STRING, der.encode(der.SEQUENCE, message, ECDSA_SHA256, value, own))
        typed = der.encode(der.SEQUENCE, der.encode_oid(oids.OCSP_BASIC), basic)
        return der.encode(der.SEQUENCE, der.encode(der.ENUMERATED, b"\x00"), der.encode(der.CONTEXT_0, typed))

    def _status(self, serial: int) -> bytes:
        if serial not in self.revoked:
            return der.encode(0x80)
        since, reason = self.revoked[serial]
        code = next(number for number, name in REASONS.items() if name == reason.value)
        given = der.encode(der.CONTEXT_0, der.encode(der.ENUMERATED, bytes([code])))
        return der.encode(der.CONTEXT_1, der.encode(der.GENERALIZED_TIME, _written(since)), given)


def _written(instant: datetime) -> bytes:
    return instant.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode()


class _Handler(BaseHTTPRequestHandler):
    answers: ClassVar[Mapping[str, Callable[[bytes], bytes]]] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MAX_REQUEST))
        answer = self.answers.get(self.path)
        try:
            made = answer(body) if answer else None
        except ValueError:
            made = None
        self.send_response(200 if made is not None else 404)
        self.send_header("Content-Length", str(len(made or b"")))
        self.end_headers()
        self.wfile.write(made or b"")

    do_GET = do_POST  # noqa: N815 - the name that the base class calls


def server(answers: Mapping[str, Callable[[bytes], bytes]], port: int) -> ThreadingHTTPServer:
    """A server on loopback that maps each path to a function of the request's body."""
    handler = type("Handler", (_Handler,), {"answers": dict(answers)})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def services(directory: Path) -> dict[str, Callable[[bytes], bytes]]:
    """The functions that answer requests from the demo's folder, by path."""
    key, chain = _own(directory / "private" / "tsa.pem")
    responder_key, (responder, issuer, *_) = _own(directory / "private" / "ocsp.pem")
    lists = {
        f"/{path.name}": lambda _body, path=path: x509.load_pem_x509_crl(path.read_bytes()).public_bytes(Encoding.DER)
        for path in sorted((directory / "trust").glob("*.crl"))
    }
    answers = {
        "/tsa": TimestampAuthority(key, chain).answer,
        "/ocsp": Responder(responder_key, responder, issuer).answer,
    }
    return {**lists, **answers}


def timestamps_beside(keys: Path) -> Callable[[bytes], bytes] | None:
    """Makes tokens over signature values, by the timestamp authority of the demo with these ``keys``; or ``None``."""
    path = keys.parent / "private" / "tsa.pem"
    if not path.is_file():
        return None
    authority = TimestampAuthority(*_own(path))
    algorithm = der.encode(der.SEQUENCE, der.encode_oid(oids.SHA256))

    def stamp(signature: bytes) -> bytes:
        digest = der.encode(der.OCTET_STRING, hashlib.sha256(signature).digest())
        return authority.token(der.encode(der.SEQUENCE, algorithm, digest))

    return stamp


def _own(path: Path) -> tuple[ec.EllipticCurvePrivateKey, tuple[x509.Certificate, ...]]:
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path}: not a key of the demo")
    return key, tuple(read_certificates(path))


def main(arguments: list[str] | None = None) -> None:
    """The command; serves until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m signatures.demo.services", description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port", type=int, default=8790)
    options = parser.parse_args(arguments)
    server(services(options.directory), options.port).serve_forever()


if __name__ == "__main__":
    main()
