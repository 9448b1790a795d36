"""The log's signing key: a file that only the service's user may read, and the public verifier key.

The file holds the key, or names a key in a token (``pkcs11:...``) and, on a second line, the log. After a key change
the earlier verifier keys stay in the trust folder: their signatures are verified for as long as the log exists.

A log that continues after a restore has lost entries that it has signed, and is another log from there on (to anyone
who holds the lost checkpoints, a fork). Its name, the origin of its checkpoints, then ends in the number of its epoch:
``ecase/audit``, ``ecase/audit/2``, ``ecase/audit/3``. The key itself may stay.
"""

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from signatures.keys.private_files import write_private
from signatures.tlog.transparency import Signer, Verifier

PUBLIC_NAME = "log.vkey"
_PUBLIC = "*.vkey"
_SCHEME = "pkcs11:"
_FOREIGN_ACCESS = 0o077


def make() -> Verifier:
    """Make the key, unless there is one, and write its verifier key into the trust folder as ``log.vkey``."""
    path = Path(settings.LOG_KEY_FILE)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # O_EXCL: of two that make the key at once, one fails.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"{Signer.generate(f'{settings.INSTALLATION_ID}/audit')}\n")
    verifier = signer().verifier
    trust = Path(settings.TRUST_DIR)
    trust.mkdir(parents=True, exist_ok=True)
    (trust / PUBLIC_NAME).write_text(f"{verifier}\n")
    return verifier


def rotate(token_key: str = "") -> tuple[Verifier, Verifier]:
    """Sign with a new key from now on, made in a file or in the token of a PKCS#11 URI; returns the old key and the
    new.

    At no instant is a checkpoint signed by an unknown key.
    """
    old = signer()
    if token_key:
        # Imported only if a token is used.
        from signatures.keys.pkcs11 import KeyUri, TokenSigner, generate_ed25519

        uri = KeyUri.parse(token_key)
        generate_ed25519(uri)
        new: Signer = TokenSigner.of(old.name, uri)
        content = f"{token_key}\n{old.name}\n"
    else:
        new = Signer.generate(old.name)
        content = f"{new}\n"
    _change(old.verifier, new.verifier, content)
    return old.verifier, new.verifier


def origin() -> str:
    """The current name of the log, with which its checkpoints begin."""
    return signer().name


def origins() -> set[str]:
    """The names of the log in all of its epochs."""
    return {verifier.name for verifier in verifiers()}


def split_origin(name: str) -> tuple[str, int]:
    """What the names of a log have in common in all of its epochs, and the epoch's number; the first is unnumbered."""
    base, _slash, number = name.rpartition("/")
    return (base, int(number)) if number.isdecimal() and int(number) > 1 else (name, 1)


def begin_epoch(name: str) -> Verifier:
    """Sign under another name from now on, with the same key; both verifier keys are in the trust folder."""
    old, path = signer(), Path(settings.LOG_KEY_FILE)
    text = path.read_text()
    if text.startswith(_SCHEME):
        new, content = _named(text.split()[0], name), f"{text.split()[0]}\n{name}\n"
    else:
        new = Signer(name, Signer.parse(text).secret)
        content = f"{new}\n"
    _change(old.verifier, new.verifier, content)
    return new.verifier


def _change(old: Verifier, new: Verifier, content: str) -> None:
    """Write both verifier keys into the trust folder first, then replace the key atomically."""
    for verifier in (old, new):
        (Path(settings.TRUST_DIR) / f"log-{verifier.key_id.hex()}.vkey").write_text(f"{verifier}\n")
    write_private(Path(settings.LOG_KEY_FILE), content.encode())
    (Path(settings.TRUST_DIR) / PUBLIC_NAME).write_text(f"{new}\n")


def verifiers() -> list[Verifier]:
    """The verifier keys of the current signing key and of all earlier keys of this log."""
    current = signer().verifier
    known = [Verifier.parse(path.read_text().strip()) for path in sorted(Path(settings.TRUST_DIR).glob(_PUBLIC))]
    base, _epoch = split_origin(current.name)
    same = [verifier for verifier in known if split_origin(verifier.name)[0] == base]
    return [current, *(verifier for verifier in same if verifier != current)]


def signer() -> Signer:
    """The key, read again when the file changes. Raises :class:`ImproperlyConfigured` if it is missing or exposed."""
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
        text = path.read_text()
        if not text.startswith(_SCHEME):
            return Signer.parse(text)
        uri, *name = text.split()
        return _named(uri, name[0] if name else f"{settings.INSTALLATION_ID}/audit")
    except ValueError as fault:
        raise ImproperlyConfigured(f"{path}: {fault}") from fault


def _named(uri: str, name: str) -> Signer:
    from signatures.keys.pkcs11 import KeyUri, TokenSigner

    return TokenSigner.of(name, KeyUri.parse(uri))
