"""The log's own signing key: a file that only the service's user may read, and the verifier key that all may have.

The file holds the key, or names one in a token (``pkcs11:...``). When another key takes over, the verifier keys of
those before stay in the trust folder: what they have signed is verified for as long as the log is.
"""

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from signatures.private_files import write_private
from signatures.transparency import Signer, Verifier

PUBLIC_NAME = "log.vkey"
_PUBLIC = "*.vkey"
_SCHEME = "pkcs11:"
_FOREIGN_ACCESS = 0o077


def make() -> Verifier:
    """Make the key, unless there is one, and put its verifier key into the trust folder as ``log.vkey``."""
    path = Path(settings.LOG_KEY_FILE)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, str(Signer.generate(f"{settings.INSTALLATION_ID}/audit")))
    verifier = signer().verifier
    trust = Path(settings.TRUST_DIR)
    trust.mkdir(parents=True, exist_ok=True)
    (trust / PUBLIC_NAME).write_text(f"{verifier}\n")
    return verifier


def _write_once(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")


def rotate(token_key: str = "") -> tuple[Verifier, Verifier]:
    """Let a new key sign from now on, made in a file or in the token that a PKCS#11 URI names; the old one and it.

    First both verifier keys are in the trust folder, then the key changes in one move: at no instant is a checkpoint
    signed by a key that is not known.
    """
    old = signer()
    new, text = _made(old.name, token_key)
    for verifier in (old.verifier, new.verifier):
        (Path(settings.TRUST_DIR) / f"log-{verifier.key_id.hex()}.vkey").write_text(f"{verifier}\n")
    write_private(Path(settings.LOG_KEY_FILE), text.encode() + b"\n")
    (Path(settings.TRUST_DIR) / PUBLIC_NAME).write_text(f"{new.verifier}\n")
    return old.verifier, new.verifier


def _made(name: str, token_key: str) -> tuple[Signer, str]:
    if not token_key:
        made = Signer.generate(name)
        return made, str(made)
    # Only where a token is used.
    from signatures.pkcs11 import KeyUri, TokenSigner, generate_ed25519

    uri = KeyUri.parse(token_key)
    generate_ed25519(uri)
    return TokenSigner.of(name, uri), token_key


def verifiers() -> list[Verifier]:
    """The key that signs, and all that have signed this log before it."""
    current = signer().verifier
    known = [Verifier.parse(path.read_text().strip()) for path in sorted(Path(settings.TRUST_DIR).glob(_PUBLIC))]
    return [current, *(one for one in known if one.name == current.name and one != current)]


def signer() -> Signer:
    """The key, read anew when the file changes. Raises :class:`ImproperlyConfigured` if it is missing or exposed."""
    path = Path(settings.LOG_KEY_FILE)
    try:
        status = path.stat()
    except FileNotFoundError as fault:
        raise ImproperlyConfigured(f"{path} is missing: make the log's key with `manage.py audit make-key`") from fault
    if status.st_mode & _FOREIGN_ACCESS:
        raise ImproperlyConfigured(f"{path} must not be accessible to others: chmod 600")
    return _read(path, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Signer:
    try:
        return _parsed(path.read_text())
    except ValueError as fault:
        raise ImproperlyConfigured(f"{path}: {fault}") from fault


def _parsed(text: str) -> Signer:
    if not text.startswith(_SCHEME):
        return Signer.parse(text)
    from signatures.pkcs11 import KeyUri, TokenSigner

    return TokenSigner.of(f"{settings.INSTALLATION_ID}/audit", KeyUri.parse(text))
