"""The keys that the demo signer offers."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.sign.signers import SimpleSigner

from signatures.asn1 import oids
from signatures.demo.signer import limits
from signatures.x509 import identity

PASSWORD = b"demo"
# Makes a timestamp token over a signature value.
Stamp = Callable[[bytes], bytes]


@dataclass(frozen=True)
class DemoKey:
    """One PKCS#12 file: its owner and its key."""

    path: Path
    certificate: x509.Certificate
    iin: str
    person: dict[str, Any]
    for_signing: bool

    @functools.cached_property
    def signer(self) -> SimpleSigner:
        """Opened at its first signature: a court has dozens of keys, and few of them are used."""
        signer = SimpleSigner.load_pkcs12(str(self.path), passphrase=PASSWORD)
        if signer is None:
            raise ValueError(f"{self.path}: cannot be signed with")
        return signer

    async def sign(self, document: bytes, *, detached: bool, stamp: Stamp | None = None) -> bytes:
        """A CAdES signature in DER, with a timestamp as an unsigned attribute if ``stamp`` is given."""
        made = await self.signer.async_sign_general_data(document, "sha256", detached=detached, use_cades=True)
        if stamp is not None:
            (signer,) = made["content"]["signer_infos"]
            token = cms.ContentInfo.load(stamp(signer["signature"].native))
            attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
            signer["unsigned_attrs"] = cms.CMSAttributes([attribute])
        return bytes(made.dump())

    def fits(self, wanted: dict[str, Any]) -> bool:
        """Whether the key satisfies a request's ``signerParams``."""
        serial = str(wanted.get("serialNumber") or "").lower()
        return (
            set(wanted.get("extKeyUsageOids") or ()) <= identity.usages(self.certificate)
            and wanted.get("iin") in (None, "", self.iin)
            and wanted.get("bin") in (None, "", identity.bin_(self.certificate))
            and serial in ("", format(self.certificate.serial_number, "x"))
        )

    def listed(self) -> dict[str, Any]:
        """For the page: names of the owner, no key material."""
        names = [self.person.get(part) or "" for part in ("surname", "given_name", "patronymic")]
        return {
            "alias": self.path.stem,
            "iin": self.iin,
            "name": " ".join(filter(None, names)) or self.certificate.subject.rfc4514_string(),
            "organisation": self.person.get("organisation_shown") or self.person.get("organisation") or "",
            "role": self.person.get("role") or "",
            "for_signing": self.for_signing,
        }

    def info(self) -> dict[str, str]:
        """The answer of ``getKeyInfo``; instants are milliseconds since the epoch, as text."""
        certificate = self.certificate
        subject_cn, issuer_cn = (
            "".join(str(part.value) for part in name.get_attributes_for_oid(x509.NameOID.COMMON_NAME))
            for name in (certificate.subject, certificate.issuer)
        )
        authority_key = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        return {
            "alias": self.path.stem,
            "keyId": certificate.fingerprint(SHA256()).hex(),
            "algorithm": type(certificate.public_key()).__name__.partition("PublicKey")[0],
            "subjectCn": subject_cn,
            "subjectDn": certificate.subject.rfc4514_string(),
            "issuerCn": issuer_cn,
            "issuerDn": certificate.issuer.rfc4514_string(),
            "serialNumber": format(certificate.serial_number, "x"),
            "certNotBefore": str(int(certificate.not_valid_before_utc.timestamp() * 1000)),
            "certNotAfter": str(int(certificate.not_valid_after_utc.timestamp() * 1000)),
            "authorityKeyIdentifier": (authority_key.key_identifier or b"").hex(),
            "pem": certificate.public_bytes(Encoding.PEM).decode(),
        }


def load(folder: Path) -> list[DemoKey]:
    """All ``*.p12`` of a folder. ``ValueError`` names a file that is not the demo authority's."""
    people_file = folder / "people.json"
    people = {
        person["iin"]: person for person in (json.loads(people_file.read_bytes()) if people_file.exists() else [])
    }
    keys = [_load(path, people) for path in sorted(folder.glob("*.p12"))]
    if not keys:
        raise ValueError(f"{folder}: no PKCS#12 files")
    # As the people are listed, who are in the order of their roles; others last.
    order = {iin: number for number, iin in enumerate(people)}
    return sorted(keys, key=lambda key: order.get(key.iin, len(order)))


def _load(path: Path, people: dict[str, dict[str, Any]]) -> DemoKey:
    with path.open("rb") as file:
        data = file.read(limits.MAX_FILE_BYTES + 1)
    try:
        limits.check(data)
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from fault
    content = pkcs12.load_pkcs12(data, PASSWORD)
    if content.cert is None or content.key is None:
        raise ValueError(f"{path}: holds no certificate with its key")
    certificate = content.cert.certificate
    if "DEMO" not in certificate.issuer.rfc4514_string():
        raise ValueError(f"{path}: its authority has no DEMO in its name; real keys are for NCALayer")
    iin, for_signing = identity.iin(certificate) or "", oids.EMAIL_PROTECTION in identity.usages(certificate)
    return DemoKey(path, certificate, iin, people.get(iin, {}), for_signing)
