"""Another seal takes over while the service works; what the old one sealed is verified as before."""

import threading
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import CommandError, call_command
from django.db import connection

from ecase.audit.models import Entry
from ecase.officers import signing
from ecase.problems import SignatureRefused
from ecase.trust import rotation
from signatures.demo import pki as demo_pki
from signatures.demo.issuing import SEAL, SIGNING, Span
from signatures.keys import seals
from signatures.keys.private_files import read_private

CONTENT = b'{"sealed":1}'


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def own(tmp_path: Path, settings: Any) -> demo_pki.DemoPki:
    """An authority and a seal of this test's own."""
    pki = demo_pki.make(tmp_path / "pki")
    settings.TRUST_DIR = pki.directory / "trust"
    settings.SERVICE_KEY_FILE = pki.directory / "service.pem"
    return pki


def new_key(pki: demo_pki.DemoPki, name: str) -> Any:
    return seals.private_key(read_private(pki.directory / "service.pem.d" / f"{name}.key"))


def serial() -> int:
    return signing.sealer().certificate.serial_number


def seal_once() -> int:
    """Seal and verify as ``perform_service`` does; the serial number of the seal used."""
    sealer = signing.sealer()
    assert signing.verify_seal(sealer.sign(CONTENT), CONTENT, now()).passed
    return sealer.certificate.serial_number


@pytest.mark.django_db(transaction=True)
def test_it_rotates_under_load(own: demo_pki.DemoPki) -> None:
    used: list[int] = []
    faults: list[BaseException] = []
    stop, seen = threading.Event(), threading.Event()

    def work() -> None:
        try:
            while not stop.is_set():
                used.append(seal_once())
                seen.set()
        except BaseException as fault:  # noqa: BLE001 - told by the test
            faults.append(fault)
        finally:
            connection.close()

    before, old = serial(), signing.sealer().sign(CONTENT)
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    seen.wait(120)
    call_command("rotate_seal", "demo", "second", stdout=StringIO())
    after = serial()
    done = len(used)
    while len(used) < done + 10 and not faults:
        seen.clear()
        seen.wait(120)
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert after != before
    assert set(used) == {before, after}
    assert used[-1] == after
    assert signing.verify_seal(old, CONTENT, now()).passed


@pytest.mark.django_db
def test_a_certificate_from_elsewhere_is_installed(own: demo_pki.DemoPki, tmp_path: Path) -> None:
    before, out = serial(), StringIO()
    call_command("rotate_seal", "request", "y2027", stdout=out, stderr=StringIO())
    asked = x509.load_pem_x509_csr(out.getvalue().encode())
    assert asked.is_signature_valid
    assert asked.subject == signing.sealer().certificate.subject
    assert serial() == before
    given = own.issuer.issue(asked.subject, new_key(own, "y2027"), SEAL, Span(now(), Span.years(3).end))
    chain = tmp_path / "issued.pem"
    chain.write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in (given, *own.chain)))
    call_command("rotate_seal", "install", "y2027", str(chain), stdout=StringIO())
    assert serial() == given.serial_number
    assert seal_once() == given.serial_number
    kept = seals.folder(own.directory / "service.pem") / "y2027.pem"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [entry.content["event"] for entry in Entry.objects.all()] == ["seal.pinned"]


@pytest.mark.django_db
def test_what_would_not_be_verified_is_not_installed(own: demo_pki.DemoPki) -> None:
    before = serial()
    _key, wanted = rotation.request("wrong")
    asked = x509.load_pem_x509_csr(wanted.encode())
    officers = own.issuer.issue(asked.subject, new_key(own, "wrong"), SIGNING, Span.years(3))
    with pytest.raises(rotation.NotRotated, match="role"):
        rotation.install("wrong", officers.public_bytes(Encoding.PEM))
    others = signing.sealer().certificate.public_bytes(Encoding.PEM)
    with pytest.raises(rotation.NotRotated, match="not that of the key"):
        rotation.install("wrong", others)
    assert serial() == before
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_key_is_never_written_over(own: demo_pki.DemoPki) -> None:
    rotation.request("twice")
    with pytest.raises(CommandError, match="twice"):
        call_command("rotate_seal", "request", "twice")
    with pytest.raises(CommandError, match="never"):
        call_command("rotate_seal", "install", "never", str(own.directory / "ca.pem"))


@pytest.mark.django_db
def test_production_has_no_authority_of_its_own(own: demo_pki.DemoPki, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("rotate_seal", "demo", "mine")


@pytest.mark.django_db
def test_a_seal_that_is_not_pinned_does_not_sign(own: demo_pki.DemoPki) -> None:
    """Another machine of the installation has the file before the database says that it is trusted."""
    before = serial()
    folder = seals.folder(own.directory / "service.pem")
    rotation.demonstrate("next")
    assert serial() != before
    from ecase.trust.models import TrustedCertificate

    TrustedCertificate.objects.update(valid_to=now())
    assert list(folder.glob("*.pem"))
    assert serial() == before


@pytest.mark.django_db
def test_an_exposed_key_stops_the_seal(own: demo_pki.DemoPki) -> None:
    from django.core.exceptions import ImproperlyConfigured

    (own.directory / "service.pem").chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        signing.sealer()
    with pytest.raises(SignatureRefused):
        signing.verify_seal(b"nothing", CONTENT, now())
