"""An authority of the trial's own, and what it issues: trust folder, seal, keys of people, TLS."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.demo import pki as demo_pki
from signatures.demo.issuing import SEAL, Span

PEOPLE: list[dict[str, Any]] = [
    {
        "iin": "870703301219",
        "surname": "АХМЕТОВ",
        "given_name": "ДАНИЯР",
        "organisation": "Оператор",
        "bin": "990940000058",
    }
]
# Production takes no authority that calls itself a demo.
NAMES = {"ROOT_NAME": "TRIAL ROOT CA", "ISSUER_NAME": "TRIAL ISSUING CA", "SERVICE_NAME": "TRIAL SERVICE"}


def make(folder: Path, monkeypatch: Any) -> demo_pki.DemoPki:
    """The authority, with the keys of people in ``folder/keys``, password "demo"."""
    for name, value in NAMES.items():
        monkeypatch.setattr(demo_pki, name, value)
    return demo_pki.make(folder, PEOPLE)


def fill_trust(pki: demo_pki.DemoPki, trust: Path) -> None:
    """What the operator gets from the authority: its certificates and revocation lists."""
    for name in ("root.pem", "root.crl", "issuer.pem", "issuer.crl"):
        (trust / name).write_bytes((pki.directory / "trust" / name).read_bytes())
    (trust / "policy.yaml").write_text("purpose: production\n")


def answer(pki: demo_pki.DemoPki, request: Path, certificate: Path) -> None:
    """Certify the key of a request, with the certificates above."""
    asked = x509.load_pem_x509_csr(request.read_bytes())
    now = datetime.now(UTC)
    issued = pki.issuer.issue(asked.subject, asked, SEAL, Span(now, now + timedelta(days=300)))  # type: ignore[arg-type]
    certificate.write_bytes(b"".join(found.public_bytes(Encoding.PEM) for found in [issued, *pki.chain]))


def issue_tls(folder: Path) -> None:
    """A certificate of the proxy that is its own authority."""
    names = "subjectAltName=DNS:ecase.example,IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "30", "-subj", "/CN=ecase.example", "-addext", names]
    subprocess.run([*command, "-keyout", "privkey.pem", "-out", "fullchain.pem"], cwd=folder, check=True, timeout=60)
    (folder / "ca.pem").write_bytes((folder / "fullchain.pem").read_bytes())
