"""The service's seals: keys in files and in tokens, and which of several seals signs."""

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signatures import Expected, TrustStore, verify
from signatures.demo import pki as demo_pki
from signatures.demo.issuing import SEAL, Span
from signatures.keys import seals
from signatures.keys.private_files import read_private, write_private
from signatures.keys.sealer import Sealer

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
CONTENT = b'{"sealed":true}'


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> demo_pki.DemoPki:
    return demo_pki.make(tmp_path_factory.mktemp("seals"))


def issued(pki: demo_pki.DemoPki, key: ec.EllipticCurvePrivateKey, span: Span | None = None) -> bytes:
    """A certificate for a seal and those above it, in PEM."""
    name = pki.issuer.certificate.subject
    chain = [pki.issuer.issue(name, key, SEAL, span or Span(now(), now() + timedelta(days=9))), *pki.chain]
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)


def in_file(path: Path, pki: demo_pki.DemoPki, span: Span | None = None) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    path.parent.mkdir(exist_ok=True)
    write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + issued(pki, key, span))
    return path


def passes(sealer: Sealer, pki: demo_pki.DemoPki) -> bool:
    base = TrustStore.load(pki.directory / "trust")
    lists = [listed.base for authority in base.authorities for listed in authority.lists]
    trust = TrustStore.of(
        "demo", [authority.certificate for authority in base.authorities], lists, [sealer.certificate]
    )
    return verify(sealer.sign(CONTENT), CONTENT, trust=trust, expected=Expected(usage="seal"), at=now()).passed


# -- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused(pki: demo_pki.DemoPki, tmp_path: Path, mode: int) -> None:
    path = in_file(tmp_path / "seal.pem", pki)
    assert passes(seals.load_one(path), pki)
    path.chmod(mode)
    with pytest.raises(ValueError, match="chmod 600"):
        seals.load_one(path)


def test_what_is_written_is_for_its_owner(tmp_path: Path) -> None:
    write_private(tmp_path / "key", b"secret")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert read_private(tmp_path / "key") == b"secret"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_the_newest_signs_that_is_valid_and_pinned(pki: demo_pki.DemoPki, tmp_path: Path) -> None:
    day = timedelta(days=1)
    in_file(tmp_path / "seal.pem", pki, Span(now() - 3 * day, now() + 3 * day))
    in_file(tmp_path / "seal.pem.d" / "b.pem", pki, Span(now() - 2 * day, now() + 3 * day))
    in_file(tmp_path / "seal.pem.d" / "a.pem", pki, Span(now() + day, now() + 9 * day))
    known = seals.load(tmp_path / "seal.pem")
    oldest, newer, future = (seal.certificate for seal in known.known)
    assert known.signing(now(), (oldest, newer, future)).certificate == newer
    assert known.signing(now(), (oldest, future)).certificate == oldest
    assert known.signing(now() + 2 * day, (oldest, newer, future)).certificate == future
    with pytest.raises(ValueError, match="no seal"):
        known.signing(now(), (future,))


def test_a_certificate_of_another_key_is_named(pki: demo_pki.DemoPki, tmp_path: Path) -> None:
    one, other = in_file(tmp_path / "one.pem", pki), in_file(tmp_path / "other.pem", pki)
    mixed = read_private(one).partition(b"-----BEGIN CERT")[0] + issued(pki, ec.generate_private_key(ec.SECP256R1()))
    write_private(other, mixed)
    with pytest.raises(ValueError, match=r"other\.pem: the certificate is not that of the key"):
        seals.load_one(other)


# -- tokens -------------------------------------------------------------------------------------------------------


def test_softhsm_is_here_where_all_tests_must_run() -> None:
    """The skip is not silent: CI installs SoftHSM and fails here without it."""
    if shutil.which("softhsm2-util") is None and os.environ.get("CI") != "true":
        pytest.xfail("KEYS IN TOKENS WERE NOT TESTED: install SoftHSM (Debian: softhsm2)")
    assert shutil.which("softhsm2-util")
    assert MODULE.exists()


@pytest.fixture
def token() -> str:
    """The URI of a key in SoftHSM, with a placeholder for its label."""
    if shutil.which("softhsm2-util") is None:
        pytest.xfail("KEYS IN TOKENS WERE NOT TESTED: install SoftHSM (Debian: softhsm2)")
    return softhsm()


@functools.cache
def softhsm() -> str:
    """One token for the process: the library reads its configuration only once."""
    folder = Path(tempfile.mkdtemp(prefix="ecase-softhsm-"))
    atexit.register(_removed, os.getpid(), folder)
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    write_private(folder / "pin", b"2468\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "court", "--pin", "2468", "--so-pin", "8642"]
    subprocess.run(command, check=True, capture_output=True)
    return f"pkcs11:token=court;object=%s?module-path={MODULE}&pin-source=file:{folder / 'pin'}"


def _removed(owner: int, folder: Path) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def in_token(path: Path, uri: str, pki: demo_pki.DemoPki) -> Path:
    from signatures.keys.pkcs11 import KeyUri, generate

    key = generate(KeyUri.parse(uri))
    write_private(path, uri.encode() + b"\n" + issued(pki, key))
    return path


def test_a_key_in_a_token_seals(token: str, pki: demo_pki.DemoPki, tmp_path: Path) -> None:
    sealer = seals.load_one(in_token(tmp_path / "seal.pem", token % "seal-1", pki))
    assert passes(sealer, pki)
    signature = sealer.sign_raw(b"abc")
    sealer.key.public_key().verify(signature, b"abc", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        sealer.key.public_key().verify(signature, b"abd", ec.ECDSA(hashes.SHA256()))


def test_the_key_does_not_leave_the_token(token: str) -> None:
    from signatures.keys.pkcs11 import KeyUri, TokenTrouble, generate

    key = generate(KeyUri.parse(token % "stays"))
    with pytest.raises(TokenTrouble, match="does not leave"):
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(TokenTrouble, match="does not leave"):
        key.private_numbers()
    with pytest.raises(TokenTrouble, match="already"):
        generate(KeyUri.parse(token % "stays"))


def test_threads_and_forked_processes_use_the_token(token: str, pki: demo_pki.DemoPki, tmp_path: Path) -> None:
    sealer = seals.load_one(in_token(tmp_path / "seal.pem", token % "shared", pki))
    made: list[bool] = []
    threads = [threading.Thread(target=lambda: made.append(passes(sealer, pki))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [True] * 8
    child = os.fork()
    if child == 0:
        # The child process must exit here, or it would continue running the tests.
        try:
            os._exit(0 if passes(sealer, pki) else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert passes(sealer, pki)


def test_a_log_signs_with_a_key_in_a_token(token: str) -> None:
    from signatures.keys.pkcs11 import KeyUri, generate_ed25519

    key = generate_ed25519(KeyUri.parse(token % "log"))
    key.public_key().verify(key.sign(b"checkpoint"), b"checkpoint")


def test_what_is_missing_is_named(token: str, tmp_path: Path) -> None:
    from signatures.keys.pkcs11 import KeyUri, TokenKey, TokenTrouble

    with pytest.raises(ValueError, match="module-path, pin-source"):
        KeyUri.parse("pkcs11:token=court;object=a")
    with pytest.raises(ValueError, match="begins with pkcs11"):
        KeyUri.parse("file:/key.pem")
    with pytest.raises(TokenTrouble, match="court: NoSuchKey"):
        TokenKey(KeyUri.parse(token % "nothing"))


def test_a_pin_that_others_may_read_is_refused(token: str, tmp_path: Path) -> None:
    from signatures.keys.pkcs11 import KeyUri, Token

    pin = tmp_path / "pin"
    write_private(pin, b"2468")
    pin.chmod(0o644)
    uri = KeyUri.parse(token % "any")
    with pytest.raises(ValueError, match="chmod 600"):
        Token(KeyUri(uri.token, uri.label, uri.module, pin)).use(lambda session: session)


# -- lists --------------------------------------------------------------------------------------------------------


def test_a_list_that_revokes_nothing_is_not_a_missing_one(pki: demo_pki.DemoPki) -> None:
    from signatures.x509.crl import RevocationList

    day = timedelta(days=1)
    base = pki.issuer.revocation_list(Span(now() - 2 * day, now() - day))
    delta = pki.issuer.revocation_list(Span(now() - day, now() + day), base=0)
    found = RevocationList(base, delta)
    assert len(found.encoded()) == 2
    assert found.newest == delta
