"""The verdicts of pyHanko and OpenSSL on the same bytes: for comparison in tests, not used in production."""

import asyncio
import logging
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures import Expected, TrustStore
from tests.signatures.makers import BIN, CONTENT, IIN, NOW

# The version of the table; other versions may be stricter or laxer.
OPENSSL = "OpenSSL 3.0"
ACCEPTS, REFUSES, SILENT = "accepts", "refuses", "—"

EXPECTED = Expected(iin=IIN, bin=BIN)


@dataclass(frozen=True)
class Given:
    """A signature with all inputs for a verifier."""

    cms: bytes
    content: bytes = CONTENT
    at: datetime = NOW
    roots: tuple[x509.Certificate, ...] = ()
    issuers: tuple[x509.Certificate, ...] = ()
    lists: tuple[bytes, ...] = ()
    responses: tuple[bytes, ...] = ()
    tokens: tuple[bytes, ...] = ()
    expected: Expected = EXPECTED
    trust: TrustStore | None = None
    # The same signature with its tokens as unsigned attributes, where the other verifiers look for them.
    stamped: bytes = b""


def openssl_version() -> str:
    """Name and series, for example "OpenSSL 3.0"."""
    version = subprocess.run(["openssl", "version"], check=True, capture_output=True, text=True).stdout
    return ".".join(version.split(".")[:2])


def openssl(given: Given, folder: Path) -> str:
    """``openssl cms -verify`` with the strictest options and revocation lists."""
    cms = given.stamped or given.cms
    (folder / "cms").write_bytes(cms)
    (folder / "content").write_bytes(given.content)
    authorities = [certificate.public_bytes(Encoding.PEM) for certificate in (*given.roots, *given.issuers)]
    lists = [x509.load_der_x509_crl(listed).public_bytes(Encoding.PEM) for listed in given.lists]
    (folder / "ca.pem").write_bytes(b"".join(authorities + lists))
    form = "PEM" if cms.lstrip().startswith(b"-----") else "DER"
    command = f"openssl cms -verify -cades -binary -inform {form} -in cms -content content -CAfile ca.pem"
    command += " -no-CApath -no-CAstore -x509_strict -crl_check_all -extended_crl -use_deltas -purpose smimesign"
    command += f" -out /dev/null -attime {int(given.at.timestamp())}"
    done = subprocess.run(command.split(), cwd=folder, check=False, capture_output=True, timeout=120)
    return REFUSES if done.returncode else ACCEPTS


def pyhanko(given: Given) -> str:
    """PyHanko's validation with revocation required and the same key usages."""
    # It logs a traceback for every refusal.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        return ACCEPTS if asyncio.run(_pyhanko(given)) else REFUSES
    except Exception:  # noqa: BLE001 - any exception is a refusal here
        return REFUSES


async def _pyhanko(given: Given) -> bool:
    from asn1crypto import cms, pem
    from asn1crypto import x509 as other
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    data = given.stamped or given.cms
    data = pem.unarmor(data)[2] if data.lstrip().startswith(b"-----") else data

    def context() -> Any:
        certificates = [
            [other.Certificate.load(certificate.public_bytes(Encoding.DER)) for certificate in some]
            for some in (given.roots, given.issuers)
        ]
        return ValidationContext(
            trust_roots=certificates[0],
            other_certs=certificates[1],
            moment=given.at,
            allow_fetching=False,
            crls=list(given.lists),
            ocsps=list(given.responses),
            revocation_mode="require",
        )

    usage = KeyUsageConstraints(key_usage={"non_repudiation"}, extd_key_usage={"email_protection"})
    status = await async_validate_detached_cms(
        given.content,
        cms.ContentInfo.load(data)["content"],
        signer_validation_context=context(),
        ts_validation_context=context(),
        key_usage_settings=usage,
    )
    return bool(status.bottom_line)
