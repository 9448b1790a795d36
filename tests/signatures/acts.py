"""Acts in the form of the service, signed, chained and recorded in a log, for tests of containers."""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from signatures.canonical import canonical
from signatures.container import SignedAct
from signatures.container.offline import Trust
from signatures.demo.issuing import SEAL
from signatures.tlog import transparency
from tests.signatures.makers import BIN, IIN, P256_KEY, SPAN, Owner, Pki

PDF = b"%PDF-1.7 decision"
LOG = transparency.Signer.generate("ecase-test/audit")
AT = "2026-11-21T09:00:00.000000Z"
INSTALLATION = "ecase-test"
OFFICER = {
    "officer": "1",
    "iin": IIN,
    "name": "Ахметов Данияр",
    "role": "investigator",
    "bin": BIN,
    "organisation": "X",
}
SERVICE = {"service": INSTALLATION}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def statement(position: int, type_: str, previous: SignedAct | None, **changes: Any) -> dict[str, Any]:
    """The content of act.json."""
    linked = previous and {"act": "x", "sha256": sha256(previous.act_json), "cms_sha256": sha256(previous.cms)}
    return {
        "schema": "ecase.act/1",
        "installation": INSTALLATION,
        "case": {"id": "c", "number": "265500121000017"},
        "motion": {"id": "m", "kind": "custody", "version": 1, "catalogue": {}},
        "act": {"id": f"act-{position}", "type": type_, "position": position, "from_state": "draft"},
        "author": OFFICER,
        "previous": linked,
        "challenge": {"nonce": "00" * 16, "issued_at": "2026-11-21T08:59:00.000000Z"},
        "payload": {"reasons": "Қаулы"},
        "files": [],
        **changes,
    }


def file(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "media_type": "application/pdf", "size": len(data), "sha256": sha256(data)}


def proof(act: SignedAct, signer: transparency.Signer = LOG, at: str = AT, **changes: Any) -> str:
    """The act's entry as the only leaf of a log."""
    data = {"sha256": sha256(act.act_json), "cms_sha256": sha256(act.cms), **changes}
    body = canonical({"event": "act.performed", "chain": "case:c", "at": at, "actor": {}, "subject": {}, "data": data})
    record = transparency.Record(b"\x00" * 32, "case:c", 1, body)
    root = transparency.leaf_hash(record.hash)
    note = signer.sign(str(transparency.Checkpoint(signer.name, 1, root)))
    return str(transparency.Proof(0, (), note, bytes(record)))


@dataclass
class Court:
    """An authority, a person, a sealing service, and the trust of an independent verifier."""

    pki: Pki = field(default_factory=Pki.make)

    def __post_init__(self) -> None:
        self.person = self.pki.person()
        self.service = self.pki.person(P256_KEY, SEAL)

    @property
    def trust(self) -> Trust:
        return Trust(self.pki.trust(seals=[self.service.certificate]), (str(LOG.verifier),))

    def act(self, content: dict[str, Any], owner: Owner | None = None, **changes: Any) -> SignedAct:
        bytes_ = canonical(content)
        signed = SignedAct(bytes_, (owner or self.person).sign(bytes_))
        return replace(signed, **{"proof": proof(signed), **changes})

    def motion(self) -> SignedAct:
        return self.act(statement(1, "motion", None))

    def chain(self) -> tuple[SignedAct, SignedAct, SignedAct]:
        """A motion, its registration by the service, and a protocol with two files."""
        motion = self.motion()
        registration = self.act(statement(2, "registration", motion, author=SERVICE), self.service)
        files = [file("protocol.pdf", PDF), file("справка.pdf", b"second")]
        return motion, registration, self.act(statement(3, "protocol", registration, files=files))

    def write_trust(self, folder: Path) -> Path:
        """The trust folder on disk."""
        (folder / "seals").mkdir(parents=True)
        (folder / "policy.yaml").write_text("purpose: test\n")
        (folder / "log.vkey").write_text(f"{LOG.verifier}\n")
        for name, authority in (("root", self.pki.root), ("issuer", self.pki.issuer)):
            (folder / f"{name}.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
            (folder / f"{name}.crl").write_bytes(authority.revocation_list(SPAN).public_bytes(Encoding.DER))
        (folder / "seals" / "service.pem").write_bytes(self.service.certificate.public_bytes(Encoding.PEM))
        return folder
