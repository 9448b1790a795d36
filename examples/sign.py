#!/usr/bin/env python3
"""Signs a file as the service expects it (detached CAdES-B in DER), with pyHanko and a PKCS#12 key.

    python examples/sign.py key.p12 act.json act.p7s

The password is in P12_PASSWORD. How to: docs/how-to/sign-from-a-program.md
"""

import argparse
import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes


def sign(pkcs12: bytes, password: str, content: bytes) -> bytes:
    """A detached signature over ``content``. ``ValueError`` if the key cannot be opened."""
    signer = SimpleSigner.load_pkcs12_data(pkcs12, other_certs=[], passphrase=password.encode())
    if signer is None:
        raise ValueError("the PKCS#12 file cannot be opened with this password")
    attributes = PdfCMSSignedAttributes(signing_time=datetime.now(UTC))
    signing = signer.async_sign_general_data(
        content, "sha256", detached=True, use_cades=True, signed_attr_settings=attributes
    )
    signed: bytes = asyncio.run(signing).dump()
    return signed


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("key", "content", "signature"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    password = os.environ.get("P12_PASSWORD", "")
    options.signature.write_bytes(sign(options.key.read_bytes(), password, options.content.read_bytes()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
