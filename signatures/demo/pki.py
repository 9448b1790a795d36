"""The demo's certificate authority and all keys: ``python -m signatures.demo.pki make DIR --people FILE``.

Layout under DIR (files 0600, folders 0700)::

    ca.pem                  the root and the issuing authority, both with DEMO in their names
    private/*.pem           their keys; tsa.pem and ocsp.pem, for signatures.demo.services
    trust/                  the service's trust folder: root.pem, issuer.pem, root.crl, issuer.crl, policy.yaml,
                            seals/service.pem
    keys/<iin>.p12          a person's signing key, password "demo"; keys/<iin>-auth.p12 one for authentication
    keys/people.json        the people, for the demo signer's page
    service.pem             the service's key and its certificate chain

Running it again keeps the authority and all keys, and makes keys for new people.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES
from cryptography.x509.oid import NameOID

from signatures.demo.issuing import (
    AUTHENTICATION,
    RESPONDER,
    SEAL,
    SIGNING,
    SIGNING_INDIVIDUAL,
    TIMESTAMPING,
    Issuer,
    Key,
    Profile,
    Span,
    authority_name,
    name,
    person_name,
)

PASSWORD = b"demo"
# OpenSSL's number of rounds: more would not protect a password that is public.
_ENCRYPTION = (
    PrivateFormat.PKCS12.encryption_builder()
    .kdf_rounds(2048)
    .key_cert_algorithm(PBES.PBESv2SHA256AndAES256CBC)
    .hmac_hash(SHA256())
    .build(PASSWORD)
)
ROOT_NAME = "ECASE DEMO ROOT CA (NOT FOR PRODUCTION)"
ISSUER_NAME = "ECASE DEMO ISSUING CA (NOT FOR PRODUCTION)"
SERVICE_NAME = "ECASE DEMO SERVICE"
SERVICE_BIN = "000000000019"
AUTHORITY_YEARS, OWNER_YEARS, LIST_YEARS = 10, 5, 5
REQUIRED = ("iin", "surname", "given_name")


@dataclass(frozen=True)
class DemoPki:
    """The folder with its root and issuing authority and their keys."""

    directory: Path
    root: Issuer
    issuer: Issuer

    @property
    def chain(self) -> list[x509.Certificate]:
        return [self.issuer.certificate, self.root.certificate]


def make(directory: Path | str, people: Iterable[Mapping[str, Any]] = ()) -> DemoPki:
    """Make or complete the folder; ``people`` as in the command's JSON file.

    ``ValueError`` names every person who lacks a required field.
    """
    directory, people = Path(directory), list(people)
    _check_people(people)
    private = directory / "private"
    for folder in (private, directory / "trust" / "seals", directory / "keys"):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        folder.parent.chmod(0o700)
    if (private / "issuer.pem").exists():
        pki = DemoPki(directory, _read_issuer(private / "root.pem"), _read_issuer(private / "issuer.pem"))
    else:
        pki = _create(directory)
    _make_services(pki)
    for person in people:
        _make_person(pki, person)
    listed = directory / "keys" / "people.json"
    known = {person["iin"]: person for person in (json.loads(listed.read_bytes()) if listed.exists() else [])}
    known.update({person["iin"]: dict(person) for person in people})
    _write(listed, json.dumps(list(known.values()), ensure_ascii=False, indent=1).encode())
    return pki


def _check_people(people: list[Mapping[str, Any]]) -> None:
    faults = [
        f"person {number}: {field} is missing"
        for number, person in enumerate(people, 1)
        for field in REQUIRED
        if not person.get(field)
    ]
    if faults:
        raise ValueError("; ".join(faults))


def _write(path: Path, data: bytes) -> None:
    """Write a temporary file and rename it, so that an interrupted run leaves no partial key."""
    aside = path.with_name(path.name + ".new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    aside.replace(path)


def _pem(certificates: Iterable[x509.Certificate]) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def _key_pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _create(directory: Path) -> DemoPki:
    root = Issuer.root(ROOT_NAME, Span.years(AUTHORITY_YEARS))
    pki = DemoPki(directory, root, root.subordinate(ISSUER_NAME, Span.years(AUTHORITY_YEARS)))
    _make_service(pki)
    _write(directory / "ca.pem", _pem(reversed(pki.chain)))
    _write(directory / "trust" / "policy.yaml", b"purpose: demo\n")
    for label, authority in (("root", pki.root), ("issuer", pki.issuer)):
        revoked = authority.revocation_list(Span.years(LIST_YEARS))
        _write(directory / "trust" / f"{label}.pem", _pem([authority.certificate]))
        _write(directory / "trust" / f"{label}.crl", revoked.public_bytes(Encoding.PEM))
        _write(directory / "private" / f"{label}.pem", _key_pem(authority.key) + _pem([authority.certificate]))
    return pki


def _read_issuer(path: Path) -> Issuer:
    data = path.read_bytes()
    key = load_pem_private_key(data, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path}: not the key of a demo authority")
    return Issuer(key, x509.load_pem_x509_certificate(data))


def _make_service(pki: DemoPki) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = name(
        [
            (NameOID.COMMON_NAME, SERVICE_NAME),
            (NameOID.SERIAL_NUMBER, f"BIN{SERVICE_BIN}"),
            (NameOID.COUNTRY_NAME, "KZ"),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{SERVICE_BIN}"),
        ]
    )
    certificate = pki.issuer.issue(subject, key, SEAL, Span.years(OWNER_YEARS))
    _write(pki.directory / "service.pem", _key_pem(key) + _pem([certificate, *pki.chain]))
    _write(pki.directory / "trust" / "seals" / "service.pem", _pem([certificate]))


def _make_services(pki: DemoPki) -> None:
    for label, common_name, profile, more in (
        ("tsa", "ECASE DEMO TIMESTAMP AUTHORITY", TIMESTAMPING, []),
        ("ocsp", "ECASE DEMO OCSP RESPONDER", RESPONDER, [x509.OCSPNoCheck()]),
    ):
        if not (path := pki.directory / "private" / f"{label}.pem").exists():
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = pki.issuer.issue(authority_name(common_name), key, profile, Span.years(OWNER_YEARS), more)
            _write(path, _key_pem(key) + _pem([certificate, *pki.chain]))


def _make_person(pki: DemoPki, person: Mapping[str, Any]) -> None:
    signing = SIGNING if person.get("bin") else SIGNING_INDIVIDUAL
    keys = pki.directory / "keys"
    if not (path := keys / f"{person['iin']}.p12").exists():
        # The National Authority's RSA keys have 2048 bits.
        _write(path, personal_key(pki, person, rsa.generate_private_key(65537, 2048), signing))
    if not (path := keys / f"{person['iin']}-auth.p12").exists():
        _write(path, personal_key(pki, person, ec.generate_private_key(ec.SECP256R1()), AUTHENTICATION))


def personal_key(
    pki: DemoPki, person: Mapping[str, Any], key: Key, profile: Profile, span: Span | None = None
) -> bytes:
    """A PKCS#12 file, password "demo", with a person's key, a certificate for it and the chain."""
    subject = subject_of(person)
    certificate = pki.issuer.issue(subject, key, profile, span or Span.years(OWNER_YEARS))
    return pkcs12.serialize_key_and_certificates(
        f"{person['surname']} {person['given_name']}".encode(),
        key,
        certificate,
        pki.chain,
        _ENCRYPTION,
    )


def subject_of(person: Mapping[str, Any]) -> x509.Name:
    """The subject of a person's certificate."""
    return person_name(
        iin=person["iin"],
        surname=person["surname"],
        given_name=person["given_name"],
        patronymic=person.get("patronymic") or "",
        organisation=str(person.get("organisation") or "")[:64],
        bin_=person.get("bin") or "",
    )


def main(arguments: list[str] | None = None) -> int:
    """The command; exit code 1 with one sentence if the people's file is wrong."""
    parser = argparse.ArgumentParser(prog="python -m signatures.demo.pki", description=__doc__.partition("\n")[0])
    make_ = parser.add_subparsers(required=True).add_parser("make", help="make or complete the folder")
    make_.add_argument("directory", type=Path)
    make_.add_argument("--people", type=Path, required=True, help="JSON: a list of people")
    options = parser.parse_args(arguments)
    if os.environ.get("ECASE_MODE") == "production":
        sys.stderr.write("The demo authority is not made on a production installation.\n")
        return 1
    try:
        make(options.directory, json.loads(options.people.read_text(encoding="utf-8")))
    except (ValueError, OSError) as fault:
        sys.stderr.write(f"{options.people}: {fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
