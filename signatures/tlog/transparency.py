"""Transparency logs: RFC 6962 Merkle trees, and the C2SP text formats for offline verification.

Pure functions over bytes and text: hashing (RFC 6962, 2.1), the compact range for appending leaves, inclusion and
consistency proofs (RFC 9162, 2.1.3 and 2.1.4), signed notes (c2sp.org/signed-note, Ed25519), checkpoints
(c2sp.org/tlog-checkpoint) and proofs (c2sp.org/tlog-proof). Failed verification raises :class:`ValueError`.

A perfect subtree is addressed by ``(level, position)``: it covers the leaves from ``position << level`` to
``(position + 1) << level``, exclusive. A store with the hash of each answers every proof with a few look-ups.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signatures.report.faults import Fault, FaultError, Parameter

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32
ED25519 = b"\x01"
SIGNATURE_MARK = "\u2014 "
# Limits for untrusted text.
MAX_TEXT = 1 << 20
MAX_SIGNATURES = 100
MAX_PROOF_HASHES = 64
KEY_ID_BYTES = 4
CHECKPOINT_LINES = 3
SPACE = " "

Address = tuple[int, int]
Range = tuple[int, int]
NodeLookup = Callable[[Address], bytes]

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,18})\Z")
_KEY_NAME = re.compile(r"[^\s+]+\Z")


# -- the tree -----------------------------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: 32 bytes (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node over its two children (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over adjacent perfect subtrees, from left (largest) to right."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def cover(begin: int, end: int) -> list[Address]:
    """The perfect subtrees that cover the leaves from ``begin`` to ``end``, exclusive, from left to right.

    ``begin`` must be a multiple of the size of the largest, as it is for every range in an RFC 6962 proof.
    """
    addresses = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        addresses.append((level, begin >> level))
        begin += 1 << level
    return addresses


@dataclass
class CompactRange:
    """The right edge of a growing tree: the state needed to append to it and to compute its root."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> Iterator[tuple[Address, bytes]]:
        """Add a leaf hash; yields every perfect subtree that it completes, the leaf first."""
        level, position, completed = 0, self.size, leaf
        yield (level, position), completed
        while position & 1:
            completed = node_hash(self.hashes.pop(), completed)
            level, position = level + 1, position >> 1
            yield (level, position), completed
        self.hashes.append(completed)
        self.size += 1

    def root(self) -> bytes:
        """The RFC 6962 root of the leaves so far."""
        return fold(self.hashes)


def _split(begin: int, end: int) -> int:
    """Where RFC 6962 splits a range: at the largest power of two smaller than its width."""
    return begin + (1 << ((end - begin - 1).bit_length() - 1))


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The leaf ranges whose roots prove that leaf ``index`` is in a tree of ``size``, sibling first."""
    if not 0 <= index < size:
        raise FaultError(Fault("leaf-not-in-tree", index=index, size=size))
    begin, end, path = 0, size, []
    while end - begin > 1:
        split = _split(begin, end)
        if index < split:
            path.append((split, end))
            end = split
        else:
            path.append((begin, split))
            begin = split
    return path[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """The leaf ranges whose roots prove that a tree of ``size`` begins with its first ``old`` leaves."""
    if not 0 < old <= size:
        raise FaultError(Fault("tree-cannot-continue", size=size, old=old))
    begin, end, path = 0, size, []
    while old != end:
        split = _split(begin, end)
        if old <= split:
            path.append((split, end))
            end = split
        else:
            path.append((begin, split))
            begin = split
    own = [] if begin == 0 else [(begin, end)]
    return own + path[::-1]


def proof_hashes(ranges: Iterable[Range], lookup: NodeLookup) -> list[bytes]:
    """The hashes of a proof, computed from the stored perfect subtrees."""
    return [fold([lookup(address) for address in cover(*span)]) for span in ranges]


def check_hashes(*hashes: bytes) -> None:
    """Raise ``FaultError`` unless each has the length of a hash."""
    if any(len(found) != HASH_BYTES for found in hashes):
        raise FaultError(Fault("hash-size"))


def _rise(position: int, last: int) -> tuple[int, int]:
    """One level up, skipping the levels at which a node at the right edge has no sibling."""
    if position == last:
        while position & 1 == 0 and position:
            position, last = position >> 1, last >> 1
    return position >> 1, last >> 1


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash is at ``index`` under ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise FaultError(Fault("leaf-not-in-tree", index=index, size=size))
    check_hashes(leaf, root, *proof)
    position, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise FaultError(Fault("inclusion-proof-too-long"))
        left = position & 1 or position == last
        computed = node_hash(sibling, computed) if left else node_hash(computed, sibling)
        position, last = _rise(position, last)
    if last or computed != root:
        raise FaultError(Fault("inclusion-proof-wrong"))


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree under ``root`` begins with the ``old`` leaves under ``old_root`` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size:
        raise FaultError(Fault("tree-cannot-continue", size=size, old=old))
    check_hashes(old_root, root, *proof)
    if (old == size) != (not proof):
        raise FaultError(Fault("consistency-proof-length"))
    if _replayed(old, size, [old_root, *proof] if old & (old - 1) == 0 or not proof else proof) != (old_root, root):
        raise FaultError(Fault("consistency-proof-wrong"))


def _replayed(old: int, size: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency proof leads to."""
    position, last = old - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    was = now = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise FaultError(Fault("consistency-proof-too-long"))
        if position & 1 or position == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
        else:
            now = node_hash(now, sibling)
        position, last = _rise(position, last)
    if last and old != size:
        raise FaultError(Fault("consistency-proof-too-short"))
    return was, now


# -- signed notes -------------------------------------------------------------------------------------------------


def _decode(text: str, what: Parameter) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise FaultError(Fault("part-not-base64", part=what)) from fault
    if base64.b64encode(data).decode() != text:
        raise FaultError(Fault("part-not-one-base64", part=what))
    return data


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _key_parts(text: str, what: Parameter) -> tuple[str, bytes]:
    """Name and 32 key bytes of ``name+id+base64(0x01 || key)``; the caller compares the id."""
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    data = _decode(encoded, what)
    if not _KEY_NAME.match(name) or len(data) != 1 + HASH_BYTES or data[:1] != ED25519:
        raise FaultError(Fault("part-not-note-key", part=what))
    return name, data[1:]


@dataclass(frozen=True)
class Verifier:
    """A public key of signed notes: ``name+id+key`` in text ("vkey")."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        name, public = _key_parts(text.strip(), Fault("verifier-key"))
        verifier = cls(name, public)
        if str(verifier) != text.strip():
            raise FaultError(Fault("verifier-key-id-misfit"))
        return verifier

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_encode(ED25519 + self.public)}"

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(f"{self.name}\n".encode() + ED25519 + self.public).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True)
class Signer:
    """A private key of signed notes. ``str()`` is its secret text ("PRIVATE+KEY+name+id+key")."""

    name: str
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, name: str) -> "Signer":
        if not _KEY_NAME.match(name):
            raise FaultError(Fault("key-name-malformed"))
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> "Signer":
        prefix = "PRIVATE+KEY+"
        if not text.startswith(prefix):
            raise ValueError("this is not a private key of signed notes")
        signer = cls(*_key_parts(text.strip().removeprefix(prefix), "the private key"))
        if str(signer) != text.strip():
            raise ValueError("the private key's id does not fit its key")
        return signer

    def __str__(self) -> str:
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{_encode(ED25519 + self.secret)}"

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    @property
    def _key(self) -> Ed25519PrivateKey:
        """That of a token is elsewhere (``signatures.keys.pkcs11``)."""
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    def sign(self, text: str) -> str:
        """The signed note over ``text``, which must end in a newline and have no other control characters."""
        _check_text(text)
        signature = self.verifier.key_id + self._key.sign(text.encode())
        return f"{text}\n{SIGNATURE_MARK}{self.name} {_encode(signature)}\n"


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(char < SPACE and char != "\n" for char in text):
        raise ValueError("a note's text ends in a newline and has no control characters")


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n") or len(note) > MAX_TEXT:
        raise FaultError(Fault("not-a-note"))
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise FaultError(Fault("too-many-note-signatures"))
    _check_text(text + "\n")
    found = []
    for line in lines:
        name, _, encoded = line.removeprefix(SIGNATURE_MARK).partition(" ")
        data = _decode(encoded, Fault("note-signature"))
        if not line.startswith(SIGNATURE_MARK) or not _KEY_NAME.match(name) or len(data) <= KEY_ID_BYTES:
            raise FaultError(Fault("note-signature-malformed"))
        found.append((name, data))
    return text + "\n", found


def open_note(note: str, verifiers: Iterable[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """The text of a signed note, and those of ``verifiers`` that signed it, at least one, each once. ``ValueError``.

    Signatures of unknown keys are ignored; a wrong signature of a known key makes the whole note invalid.
    """
    text, signatures = _split_note(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed = []
    for name, data in signatures:
        verifier = known.get((name, data[:KEY_ID_BYTES]))
        if verifier is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public).verify(data[KEY_ID_BYTES:], text.encode())
        except InvalidSignature as fault:
            raise FaultError(Fault("note-signature-wrong", name=name)) from fault
        signed.append(verifier)
    if not signed:
        raise FaultError(Fault("note-not-signed"))
    return text, tuple(dict.fromkeys(signed))


# -- checkpoints and proofs ---------------------------------------------------------------------------------------


def _number(text: str, what: Parameter) -> int:
    if not _DECIMAL.match(text):
        raise FaultError(Fault("part-not-decimal", part=what))
    return int(text)


def _hash(text: str) -> bytes:
    data = _decode(text, Fault("a-hash"))
    if len(data) != HASH_BYTES:
        raise FaultError(Fault("hash-size"))
    return data


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log: its name, its number of leaves, and their root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """From a note's text; extension lines are ignored."""
        lines = text.split("\n")
        if len(lines) <= CHECKPOINT_LINES or not lines[0]:
            raise FaultError(Fault("not-a-checkpoint"))
        return cls(lines[0], _number(lines[1], Fault("log-size")), _hash(lines[2]))

    @classmethod
    def open(cls, note: str, verifiers: Iterable[Verifier]) -> "Checkpoint":
        """From a signed note; the log itself (the key named like the origin) must be among the signers."""
        text, signed = open_note(note, verifiers)
        checkpoint = cls.parse(text)
        if checkpoint.origin not in {verifier.name for verifier in signed}:
            raise FaultError(Fault("checkpoint-not-signed-by-log", log=checkpoint.origin))
        return checkpoint

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"


@dataclass(frozen=True)
class Proof:
    """A proof that a leaf is in a log: index, the hashes up to the root, and the signed checkpoint.

    ``extra`` is not authenticated by itself; in ecase it is the record whose SHA-256 is the leaf (:class:`Record`), or
    only that SHA-256 (32 bytes) if the reader may not see the record.
    """

    index: int
    hashes: tuple[bytes, ...]
    note: str
    extra: bytes = b""

    @classmethod
    def parse(cls, text: str) -> "Proof":
        head, separator, note = text.partition("\n\n")
        lines = head.split("\n")
        if lines[0] != PROOF_HEADER or not separator or len(text) > MAX_TEXT:
            raise FaultError(Fault("not-a-log-proof"))
        extra = lines[1].removeprefix("extra ") if len(lines) > 1 and lines[1].startswith("extra ") else ""
        rest = lines[2:] if extra else lines[1:]
        if not rest or not rest[0].startswith("index ") or len(rest) > 1 + MAX_PROOF_HASHES:
            raise FaultError(Fault("log-proof-malformed"))
        index = _number(rest[0].removeprefix("index "), Fault("proof-index"))
        return cls(index, tuple(_hash(line) for line in rest[1:]), note, _decode(extra, Fault("extra-data")))

    def __str__(self) -> str:
        extra = [f"extra {_encode(self.extra)}"] if self.extra else []
        lines = [PROOF_HEADER, *extra, f"index {self.index}", *map(_encode, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.note


@dataclass(frozen=True)
class Proven:
    """The result of a valid proof: the leaf's index in the log of this checkpoint."""

    index: int
    checkpoint: Checkpoint


def verify_proof(proof_text: str, leaf_data: bytes, public_keys: Iterable[str]) -> Proven:
    """Check a tlog-proof offline.

    ``leaf_data`` is what the log has hashed as its leaf (for ecase: an entry's 32-byte hash), ``public_keys`` are the
    trusted verifier keys in text. Raises :class:`ValueError` for the first check that fails.
    """
    proof = Proof.parse(proof_text)
    checkpoint = Checkpoint.open(proof.note, [Verifier.parse(key) for key in public_keys])
    verify_inclusion(leaf_hash(leaf_data), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return Proven(proof.index, checkpoint)


# -- records ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """An entry of a hash chain as bytes: ``prev (32) || length of chain (2) || chain || seq (8) || body``, big-endian.

    ``hash`` (32 bytes) is the SHA-256 of those bytes; it is the next record's ``prev``, and the leaf of the log.
    """

    prev: bytes
    chain: str
    seq: int
    body: bytes

    def __bytes__(self) -> bytes:
        return self.prev + chain_label(self.chain) + self.seq.to_bytes(8, "big") + self.body

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(bytes(self)).digest()

    @classmethod
    def parse(cls, data: bytes) -> "Record":
        start = HASH_BYTES + 2
        end = start + int.from_bytes(data[HASH_BYTES:start], "big")
        if len(data) < end + 8:
            raise FaultError(Fault("record-cut-off"))
        chain = data[start:end].decode()
        return cls(data[:HASH_BYTES], chain, int.from_bytes(data[end : end + 8], "big"), data[end + 8 :])


def chain_label(chain: str) -> bytes:
    """A chain's name as it is hashed in a record: length (2 bytes, big-endian), then UTF-8."""
    name = chain.encode()
    return len(name).to_bytes(2, "big") + name


def proven_record(proof_text: str, public_keys: Iterable[str]) -> tuple[Record, Proven]:
    """The record in a proof of ecase, verified against the log's checkpoint. Raises :class:`ValueError`.

    Raises :class:`NotShown` for a valid proof that does not contain the record.
    """
    extra = Proof.parse(proof_text).extra
    if len(extra) == HASH_BYTES:
        raise NotShown(verify_proof(proof_text, extra, public_keys))
    record = Record.parse(extra)
    return record, verify_proof(proof_text, record.hash, public_keys)


class NotShown(FaultError):
    """The proof is valid but does not contain the entry's record, which its reader was not allowed to see."""

    def __init__(self, proven: Proven) -> None:
        super().__init__(Fault("log-entry-not-shown", index=proven.index))
        self.proven = proven
