"""Verifies an officer's signature with pyHanko, its context of trust kept for each thread."""

import asyncio
import threading
from pathlib import Path

from asn1crypto import cms as asn1_cms
from asn1crypto import pem, x509
from django.conf import settings
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

USAGE = KeyUsageConstraints(key_usage={"non_repudiation"})
_kept = threading.local()


def is_signed_by(iin: str, content: bytes, cms: bytes) -> bool:
    """Whether ``cms`` is a trusted signature over exactly ``content`` by the person of this IIN."""
    try:
        signed = asn1_cms.ContentInfo.load(cms, strict=True)["content"]
        status = _loop().run_until_complete(_status(content, signed))
        subject = status.signing_cert.subject.native if status.bottom_line else {}
    except Exception:  # noqa: BLE001 - what does not parse is no signature, whatever pyHanko or asn1crypto raise
        return False
    return bool(subject.get("serial_number") == f"IIN{iin}")


async def _status(content: bytes, signed: asn1_cms.SignedData) -> StandardCMSSignatureStatus:
    return await async_validate_detached_cms(content, signed, _context(), key_usage_settings=USAGE)


def _loop() -> asyncio.AbstractEventLoop:
    if not hasattr(_kept, "loop"):
        _kept.loop = asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = _kept.loop
    return loop


def _context() -> ValidationContext:
    if not hasattr(_kept, "context"):
        folder = settings.PEER_PKI / "trust"
        root, issuer = (_certificate(folder / f"{name}.pem") for name in ("root", "issuer"))
        _kept.context = ValidationContext(
            trust_roots=[root], other_certs=[issuer], allow_fetching=False, revocation_mode="soft-fail"
        )
    return _kept.context


def _certificate(path: Path) -> x509.Certificate:
    return x509.Certificate.load(pem.unarmor(path.read_bytes())[2])
