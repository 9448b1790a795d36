"""The evidence container of one act: a ZIP archive that anyone can verify offline.

::

    protocol.asics                       ASiC-S: act.json and the signature over it (any CAdES tool verifies it)
    files/<name>                         what act.json lists under ``files``: the PDF, attachments
    acts/<position>-<type>/act.json      every act of the motion up to this one, with its signature as received
    acts/<position>-<type>/signature.p7s     (signature.pem if it was received as PEM)
    acts/<position>-<type>/proof.txt     the audit log's inclusion proof of that act, where there is one
    acts/<position>-<type>/evidence.json     long-term proof of its signature: timestamps, OCSP responses, lists
    evidence/<name>                      used when it was verified: report, certificates, revocation lists
    audit/proof.txt                      the inclusion proof of this act
    README.txt                           how to verify the container
    manifest.json                        names, sizes and digests of all entries

With plain OpenSSL, ``ca.pem`` being the authorities that you trust::

    unzip -p act.zip protocol.asics > protocol.asics
    unzip -p protocol.asics act.json > act.json
    unzip -p protocol.asics META-INF/signature.p7s > signature.p7s
    openssl cms -verify -inform DER -in signature.p7s -content act.json -binary -CAfile ca.pem -out /dev/null

Certificates inside the container are for information. They are never trusted: the verifier supplies the trust folder.
"""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from signatures import canonical
from signatures.cms.parsing import Malformed, unwrap
from signatures.container import asics, strict_zip
from signatures.container.limits import FILES, MANIFEST, USUAL, Limits
from signatures.container.strict_zip import Archive, Digested, Entry
from signatures.policy import DEFAULT
from signatures.report.faults import Fault, FaultError

SCHEMA = "ecase.container/1"
PROTOCOL, PROOF, README = "protocol.asics", "audit/proof.txt", "README.txt"
README_TEXT = """\
Evidence container of ecase.

Verify it offline:      python -m signatures verify THIS_FILE --trust TRUST_FOLDER
Or with OpenSSL alone:  unzip -p THIS_FILE protocol.asics > protocol.asics
                        unzip -p protocol.asics act.json > act.json
                        unzip -p protocol.asics META-INF/signature.p7s > signature.p7s
                        openssl cms -verify -inform DER -in signature.p7s -content act.json -binary \\
                            -CAfile CA.pem -out /dev/null
and compare the SHA-256 of every file under files/ with the one that act.json states.
"""
LARGER_TEXT = """
This container is larger than the service's page verifies: verify it offline, with --larger after THIS_FILE.
"""
APART_TEXT = """
Large files, such as films, are not enclosed. act.json has their names and digests: take the files from whoever keeps
them, and compare what sha256sum says of each.
"""


@dataclass(frozen=True)
class SignedAct:
    """An act as signed: the bytes, the CMS as received (DER or PEM), the audit log's proof (may be empty).

    ``evidence``: the bytes of the signature's record (:meth:`signatures.evidence.Evidence.dumps`); may be empty.
    """

    act_json: bytes
    cms: bytes
    proof: str = ""
    evidence: bytes = b""

    @property
    def statement(self) -> dict[str, Any]:
        """The act's content; ``ValueError`` if the bytes are not canonical."""
        return canonical.check(self.act_json)

    @property
    def der(self) -> bytes:
        """The signature in DER."""
        return unwrap(self.cms, DEFAULT.max_cms_bytes)


@dataclass(frozen=True)
class Evidence:
    """The contents of a container.

    ``previous``: all earlier acts of the motion, oldest first. ``files``: content by the names in act.json. ``apart``:
    names of files that are not enclosed, such as films; whoever verifies compares their SHA-256 with act.json.
    ``extras``: further evidence by name (report.json, chain.pem, ...).
    """

    act: SignedAct
    previous: Sequence[SignedAct] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    extras: Mapping[str, bytes] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()


class TooLarge(FaultError):
    """The container exceeds the limits of its verifier; the fault says which."""


def write(evidence: Evidence, limits: Limits = USUAL, note: str = "") -> bytes:
    """The container's bytes, the same for the same evidence; ``note`` is added to its README.

    ``ValueError`` names files that are absent or differ; :class:`TooLarge` names the limit that is exceeded.
    """
    entries = [Entry(PROTOCOL, asics.write(evidence.act.act_json, evidence.act.der), stored=True)]
    entries += _file_entries(evidence)
    for act in (*evidence.previous, evidence.act):
        entries += _act_entries(act)
    entries += [Entry(f"evidence/{name}", data) for name, data in sorted(evidence.extras.items())]
    entries += [Entry(PROOF, evidence.act.proof.encode())] if evidence.act.proof else []
    entries += [Entry(README, (README_TEXT + note).encode())]
    entries.append(_manifest(entries))
    if fault := limits.fault({entry.name: len(entry.data) for entry in entries}):
        raise TooLarge(fault)
    return strict_zip.write(entries)


def file_names(statement: Mapping[str, Any]) -> list[str]:
    """The entry of each file in act.json, by its name; by number and digest if the name is unsafe or not unique."""
    names = [file["name"] for file in statement["files"]]
    counts = Counter(name.casefold() for name in names)
    return [
        f"files/{file['name']}"
        if strict_zip.is_safe(file["name"]) and counts[file["name"].casefold()] == 1
        else f"files/{number}-{file['sha256'][:16]}"
        for number, file in enumerate(statement["files"], 1)
    ]


def _file_entries(evidence: Evidence) -> list[Entry]:
    statement = evidence.act.statement
    listed = list(zip(file_names(statement), statement["files"], strict=True))
    enclosed = [(place, file) for place, file in listed if file["name"] not in evidence.apart]
    faults = [
        file["name"]
        for _place, file in enclosed
        if Digested.of(evidence.files.get(file["name"], b"")).sha256 != file["sha256"]
    ]
    if faults:
        raise ValueError(f"files that are absent or not as signed: {', '.join(faults)}")
    return [Entry(place, evidence.files[file["name"]], stored=True) for place, file in enclosed]


def _act_entries(act: SignedAct) -> list[Entry]:
    step = act.statement["act"]
    folder = f"acts/{step['position']}-{step['type']}"
    signature = "signature.p7s" if act.cms == act.der else "signature.pem"
    entries = [Entry(f"{folder}/act.json", act.act_json), Entry(f"{folder}/{signature}", act.cms)]
    more = {"proof.txt": act.proof.encode(), "evidence.json": act.evidence}
    return entries + [Entry(f"{folder}/{name}", data) for name, data in more.items() if data]


def _manifest(entries: Sequence[Entry]) -> Entry:
    lines = [{"name": entry.name, **vars(Digested.of(entry.data))} for entry in entries]
    return Entry(MANIFEST, canonical.canonical({"schema": SCHEMA, "entries": lines}))


@dataclass(frozen=True)
class Container:
    """A container as read. Only its form has been checked.

    ``acts``: all acts, by position, this one last. ``files``: size and digest by entry name (:func:`file_names`); the
    content is not held in memory.
    """

    act_json: bytes
    cms: bytes
    acts: tuple[SignedAct, ...]
    files: Mapping[str, Digested]
    extras: Mapping[str, bytes]
    proof: str

    @property
    def act(self) -> SignedAct:
        """This act, with its signature as received if the chain has it: digests are taken of that form."""
        if self.acts and is_same(self.acts[-1], self.cms):
            return SignedAct(self.act_json, self.acts[-1].cms, self.proof, self.acts[-1].evidence)
        return SignedAct(self.act_json, self.cms, self.proof)


def is_same(act: SignedAct, der: bytes) -> bool:
    """Whether the act's signature, received as DER or PEM, is ``der``."""
    try:
        return act.der == der
    except Malformed:
        return False


def read(source: bytes | BinaryIO, limits: Limits = USUAL) -> Container:
    """Read a container from bytes or a seekable file; ``ValueError`` says why it is invalid or too large.

    Sizes are checked before anything is unpacked. Nothing is written to disk; files are hashed, not held in memory.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    with strict_zip.open_archive(file, limits.entries, limits.expanded_bytes, limits.fault) as archive:
        manifest = _read_manifest(archive)
        names = [name for name in archive.sizes if name != MANIFEST]
        files = {name: archive.digest(name) for name in names if name.startswith(FILES)}
        entries = {name: archive.read(name).data for name in names if name not in files}
    actual = [{"name": name, **vars(files.get(name) or Digested.of(entries[name]))} for name in names]
    if manifest.get("entries") != actual:
        raise FaultError(Fault("manifest-differs"))
    if PROTOCOL not in entries:
        raise FaultError(Fault("entry-missing", name=PROTOCOL))
    act_json, cms = asics.read(entries[PROTOCOL], limits.entry_bytes(PROTOCOL))
    extras = {name.partition("/")[2]: body for name, body in entries.items() if name.startswith("evidence/")}
    return Container(act_json, cms, _acts(entries), files, extras, entries.get(PROOF, b"").decode("utf-8"))


def _read_manifest(archive: Archive) -> dict[str, Any]:
    """The manifest, which is read first. Raises ``FaultError``."""
    if MANIFEST not in archive.sizes:
        raise FaultError(Fault("entry-missing", name=MANIFEST))
    manifest = canonical.check(archive.read(MANIFEST).data)
    if manifest.get("schema") != SCHEMA:
        raise FaultError(Fault("container-kind-unknown"))
    return manifest


def _acts(entries: Mapping[str, bytes]) -> tuple[SignedAct, ...]:
    folders = {name.rpartition("/")[0] for name in entries if name.startswith("acts/")}
    acts = []
    for folder in folders:
        signature = entries.get(f"{folder}/signature.p7s") or entries.get(f"{folder}/signature.pem")
        act_json = entries.get(f"{folder}/act.json")
        if signature is None or act_json is None:
            raise FaultError(Fault("act-incomplete", folder=folder))
        proof = entries.get(f"{folder}/proof.txt", b"").decode("utf-8")
        acts.append(SignedAct(act_json, signature, proof, entries.get(f"{folder}/evidence.json", b"")))
    return tuple(sorted(acts, key=_position))


def _position(act: SignedAct) -> int:
    step = act.statement.get("act")
    position = step.get("position") if isinstance(step, dict) else None
    if not isinstance(position, int):
        raise FaultError(Fault("act-without-position"))
    return position
