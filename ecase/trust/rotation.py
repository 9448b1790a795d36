"""Rotation of the service's seal: create the key, get a certificate, make it trusted everywhere, then use it.

The old seals stay in place and trusted, since their signatures are verified for years.
"""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ecase.trust import faults, services
from signatures import Expected, TrustStore, verify
from signatures.keys import seals
from signatures.keys.private_files import read_private, write_private
from signatures.keys.sealer import Sealer
from signatures.report.faults import Fault, FaultError, fault_of

PROBE = b'{"probe":true}'
# It keeps a key without a certificate from being taken for a seal.
KEY = ".key"


class NotRotated(ValueError):
    """Nothing has changed; the sentence states why, in the active language."""


def request(name: str, token_key: str = "") -> tuple[Path, str]:
    """Create the key of a new seal, in a private file or in the token that a PKCS#11 URI names.

    Returns the key's file and a certificate signing request (PEM) with the subject of the seal in use.
    """
    seal = _seal_file(name)
    path = seal.with_suffix(KEY)
    if path.exists() or seal.exists():
        raise NotRotated(_("Of the seal %(name)s there is a file already.") % {"name": name})
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if token_key:
        # Imported only if a token is used.
        from signatures.keys.pkcs11 import KeyUri, generate

        generate(KeyUri.parse(token_key))
        secret = token_key.encode() + b"\n"
    else:
        key = ec.generate_private_key(ec.SECP256R1())
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(path, secret)
    subject = seals.load_one(Path(settings.SERVICE_KEY_FILE)).certificate.subject
    unsigned = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = unsigned.sign(seals.private_key(read_private(path)), hashes.SHA256())
    return path, signed.public_bytes(Encoding.PEM).decode()


def install(name: str, chain: bytes) -> Path:
    """Install the certificate (PEM, followed by its issuers) of a key: pin it first, then put it into use atomically.

    Raises :class:`NotRotated` if its signatures would not be verified here.
    """
    path = _seal_file(name)
    key_file = path.with_suffix(KEY)
    if not key_file.exists():
        raise NotRotated(_("There is no new key %(file)s: make one with “rotate_seal request”.") % {"file": key_file})
    secret = read_private(key_file)
    try:
        sealer = Sealer.of(seals.private_key(secret), x509.load_pem_x509_certificates(chain))
        _try(sealer)
    except ValueError as fault:
        message = _("This certificate does not make a seal: %(why)s")
        raise NotRotated(message % {"why": faults.sentence(fault_of(fault))}) from fault
    with transaction.atomic():
        services.pin_seal(sealer.certificate, services.at(datetime.now(UTC)).store.purpose, name)
    write_private(path, secret + chain)
    key_file.unlink()
    return path


def _try(sealer: Sealer) -> None:
    """Whether a signature of the new seal is verified here once it is pinned."""
    now = datetime.now(UTC)
    held = services.at(now).store
    trust = TrustStore(held.purpose, held.authorities, (*held.seals, sealer.certificate))
    report = verify(sealer.sign(PROBE), PROBE, trust=trust, expected=Expected(usage="seal"), at=now)
    if not report.passed:
        named = [Fault("at-place", place=check.name, fault=check.fault) for check in report.failures if check.fault]
        raise FaultError(Fault("several", faults=tuple(named)))


def demonstrate(name: str) -> Path:
    """Rotate in one step, with a certificate of the demo's own authority."""
    # Demo only: these modules are not loaded in production.
    from signatures.demo import pki as demo_pki
    from signatures.demo.issuing import SEAL, Span

    if not settings.DEMO:
        raise NotRotated(_("Only a demonstration issues its seals itself."))
    pki = demo_pki.make(Path(settings.SERVICE_KEY_FILE).parent)
    path, wanted = request(name)
    subject, key = x509.load_pem_x509_csr(wanted.encode()).subject, seals.private_key(read_private(path))
    now = datetime.now(UTC).replace(microsecond=0)
    certificate = pki.issuer.issue(subject, key, SEAL, Span(now, Span.years(demo_pki.OWNER_YEARS).end))
    return install(name, b"".join(link.public_bytes(Encoding.PEM) for link in (certificate, *pki.chain)))


def _seal_file(name: str) -> Path:
    return seals.folder(Path(settings.SERVICE_KEY_FILE)) / f"{name}.pem"
