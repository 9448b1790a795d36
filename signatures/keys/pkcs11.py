"""Keys in a PKCS#11 token (a smart card, an HSM, SoftHSM), which they never leave.

A key is named by its URI (RFC 7512), for example::

    pkcs11:token=ecase;object=seal-2026?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/ecase/pin

The PIN file must be accessible to its owner only. Only this module needs the package python-pkcs11.
"""

import hashlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl, unquote

import pkcs11
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from pkcs11.util.ec import encode_named_curve_parameters

from signatures.keys.private_files import read_private
from signatures.tlog.transparency import Signer

SCHEME = "pkcs11:"
CURVE = "secp256r1"
# PrintableString "edwards25519": how PKCS#11 2.40 tokens name the curve of Ed25519.
ED25519_PARAMETERS = b"\x13\x0cedwards25519"
POINT_HEADER = 2
STAYS = "the key does not leave its token"
SESSION_LOST = (
    pkcs11.SessionHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.DeviceRemoved,
    pkcs11.UserNotLoggedIn,
)
Made = TypeVar("Made")


class TokenTrouble(ValueError):
    """The token, or the key in it, cannot be used; the message says why."""


@dataclass(frozen=True)
class KeyUri:
    """A key in a token: the labels of both, the path of the token's library, the PIN file."""

    token: str
    label: str
    module: str
    pin_file: Path

    @classmethod
    def parse(cls, text: str) -> "KeyUri":
        """From a URI (RFC 7512); ``ValueError`` names missing parts."""
        if not text.startswith(SCHEME):
            raise ValueError(f"a key in a token is named by a URI that begins with {SCHEME}")
        path, _, query = text.strip().removeprefix(SCHEME).partition("?")
        given = dict(part.partition("=")[::2] for part in path.split(";")) | dict(parse_qsl(query))
        wanted = ("token", "object", "module-path", "pin-source")
        if missing := [name for name in wanted if not given.get(name)]:
            raise ValueError(f"the URI of a key in a token lacks {', '.join(missing)}")
        token, label, module, pin = (unquote(given[name]) for name in wanted)
        return cls(token, label, module, Path(pin.removeprefix("file:")))


class Token:
    """One open session for all threads of a process; reopened after a fork, and once if it was lost."""

    def __init__(self, uri: KeyUri) -> None:
        self._uri = uri
        self._lock = threading.Lock()
        self._session: Any = None
        self._process = 0

    def use(self, work: Callable[[Any], Made]) -> Made:
        """The result of ``work`` with the session. Raises :class:`TokenTrouble`."""
        with self._lock:
            try:
                try:
                    return work(self._opened())
                except SESSION_LOST:
                    self._session = None
                    return work(self._opened())
            except (pkcs11.PKCS11Error, RuntimeError) as fault:
                self._session = None
                raise TokenTrouble(f"token {self._uri.token}: {type(fault).__name__} {fault}") from fault

    def _opened(self) -> Any:
        if self._session is None or self._process != os.getpid():
            library = pkcs11.lib(self._uri.module)
            if self._process not in (0, os.getpid()):
                # A library that was initialised before a fork must be initialised again after it (PKCS#11, 6.6.1).
                library.reinitialize()
            pin = read_private(self._uri.pin_file).decode().strip()
            found = library.get_token(token_label=self._uri.token)
            try:
                self._session = found.open(rw=True, user_pin=pin)
            except pkcs11.UserAlreadyLoggedIn:
                # A login holds for all sessions of the process.
                self._session = found.open(rw=True)
            self._process = os.getpid()
        return self._session


_TOKENS: dict[tuple[str, str], Token] = {}
_OPENING = threading.Lock()


def token(uri: KeyUri) -> Token:
    """The token of a key; a process logs in to each token once."""
    with _OPENING:
        return _TOKENS.setdefault((uri.module, uri.token), Token(uri))


def _private(session: Any, uri: KeyUri, kind: Any) -> Any:
    return session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, key_type=kind, label=uri.label)


def _point(session: Any, uri: KeyUri, kind: Any) -> bytes:
    """The public point; PKCS#11 wraps it in an OCTET STRING, here always with a header of two octets."""
    found = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, key_type=kind, label=uri.label)
    return bytes(found[pkcs11.Attribute.EC_POINT])[POINT_HEADER:]


class _StaysInToken:
    """What the keys of a token share: none is exported, and a copy is the same key."""

    def private_bytes(
        self,
        encoding: serialization.Encoding,
        format: serialization.PrivateFormat,  # noqa: A002 - the name that cryptography gave it
        encryption_algorithm: serialization.KeySerializationEncryption,
    ) -> bytes:
        raise TokenTrouble(STAYS)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> Self:
        return self


class TokenKey(_StaysInToken, ec.EllipticCurvePrivateKey):
    """A P-256 key in a token with the interface of ``cryptography``. Exporting the key raises ``TokenTrouble``."""

    def __init__(self, uri: KeyUri) -> None:
        self._uri, self._token = uri, token(uri)
        point = self._token.use(lambda session: _point(session, uri, pkcs11.KeyType.EC))
        self._public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """An ECDSA signature with SHA-256 (DER of r and s)."""
        wanted = signature_algorithm.algorithm
        if isinstance(wanted, Prehashed) or not isinstance(wanted, hashes.SHA256):
            raise TokenTrouble("a key in a token signs with SHA-256")
        digest = hashlib.sha256(bytes(data)).digest()
        raw = self._token.use(
            lambda session: _private(session, self._uri, pkcs11.KeyType.EC).sign(
                digest, mechanism=pkcs11.Mechanism.ECDSA
            )
        )
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        raise TokenTrouble(STAYS)

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        raise TokenTrouble(STAYS)


class TokenEd25519(_StaysInToken, Ed25519PrivateKey):
    """An Ed25519 key in a token with the interface of ``cryptography``; it signs the notes of a log."""

    def __init__(self, uri: KeyUri) -> None:
        self._uri, self._token = uri, token(uri)
        point = self._token.use(lambda session: _point(session, uri, pkcs11.KeyType.EC_EDWARDS))
        self._public = Ed25519PublicKey.from_public_bytes(point)

    def public_key(self) -> Ed25519PublicKey:
        return self._public

    def sign(self, data: "bytes | bytearray | memoryview[int]") -> bytes:
        message = bytes(data)
        return self._token.use(
            lambda session: bytes(
                _private(session, self._uri, pkcs11.KeyType.EC_EDWARDS).sign(message, mechanism=pkcs11.Mechanism.EDDSA)
            )
        )

    def private_bytes_raw(self) -> bytes:
        raise TokenTrouble(STAYS)


@dataclass(frozen=True)
class TokenSigner(Signer):
    """The key of a log in a token; it signs notes and cannot be exported as text."""

    token_key: TokenEd25519 | None = None

    @classmethod
    def of(cls, name: str, uri: KeyUri) -> "TokenSigner":
        """The signer for a key that exists in the token."""
        return cls(name, b"", TokenEd25519(uri))

    def __str__(self) -> str:
        raise TokenTrouble(STAYS)

    @property
    def _key(self) -> Ed25519PrivateKey:
        if self.token_key is None:
            raise TokenTrouble("a signer in a token is made by `of`")
        return self.token_key


def generate(uri: KeyUri) -> TokenKey:
    """Make a P-256 key in the token. ``TokenTrouble`` if its label is taken: a key is never overwritten."""
    _make(uri, pkcs11.KeyType.EC, encode_named_curve_parameters(CURVE), pkcs11.Mechanism.EC_KEY_PAIR_GEN)
    return TokenKey(uri)


def generate_ed25519(uri: KeyUri) -> TokenEd25519:
    """Make an Ed25519 key in the token, for the audit log. ``TokenTrouble`` if its label is taken."""
    _make(uri, pkcs11.KeyType.EC_EDWARDS, ED25519_PARAMETERS, pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN)
    return TokenEd25519(uri)


def _make(uri: KeyUri, kind: Any, parameters: bytes, mechanism: Any) -> None:
    def work(session: Any) -> None:
        if list(session.get_objects({pkcs11.Attribute.LABEL: uri.label})):
            raise TokenTrouble(f"token {uri.token}: there is a {uri.label} already")
        domain = session.create_domain_parameters(kind, {pkcs11.Attribute.EC_PARAMS: parameters}, local=True)
        domain.generate_keypair(store=True, label=uri.label, mechanism=mechanism)

    token(uri).use(work)
