"""F-F19: an authority's long name in Kazakh or Russian is read whole, and without a word."""

import subprocess
import sys

READ = """
from datetime import UTC, datetime, timedelta
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
import signatures
from signatures.x509.facts import facts_of, read_certificate

name = "УЛТТЫК КУАЛАНДЫРУШЫ ОРТАЛЫК ЖАСАЛГАН (RSA) 2022"
assert len(name.encode()) > 64 > len(name)
part = x509.NameAttribute(x509.NameOID.COMMON_NAME, name, _validate=False)
key, now = ec.generate_private_key(ec.SECP256R1()), datetime(2026, 1, 1, tzinfo=UTC)
made = x509.CertificateBuilder(x509.Name([part]), x509.Name([part]), key.public_key(), 7, now, now + timedelta(days=9))
found = facts_of(read_certificate(made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)))
assert found.signer.name == name, found.signer.name
"""


def test_f_f19_a_long_name_is_read_whole_and_without_a_warning() -> None:
    made = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", READ], capture_output=True, text=True, check=False
    )
    assert (made.returncode, made.stderr) == (0, "")
