"""Size limits of evidence containers, the same for writers and readers.

``USUAL`` applies where motions are written (checked when a file is attached), in the writer, and to the public page and
API that verify containers. ``LARGER`` is for the offline verifier (``--larger``), run on the reader's own machine, for
containers that were signed before there were limits or have more acts than usual.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from signatures.report.faults import Fault

KIB, MIB = 1024, 1024 * 1024
FILES, ACTS = "files/", "acts/"
MANIFEST = "manifest.json"
# Bytes of a ZIP entry's two headers, each with a name of at most 255 characters.
ENTRY_OVERHEAD = 2 * (64 + 4 * 255)


@dataclass(frozen=True)
class Limits:
    """``files``: how many files an act has, its PDF included; ``file_bytes``: all files together.

    ``acts``: how many acts; ``act_bytes``: one ``act.json``, and the manifest; ``acts_bytes``: all ``act.json``
    together. ``evidence_bytes``: one record of evidence, or any other additional entry; ``other_bytes``: everything
    but the files. ``entries``: how many entries. ``slow_units``: the budget of :mod:`signatures.crypto.budget` for
    one container.
    """

    files: int = 100
    file_bytes: int = 100 * MIB
    acts: int = 50
    act_bytes: int = 256 * KIB
    acts_bytes: int = MIB
    evidence_bytes: int = 2 * MIB
    other_bytes: int = 28 * MIB
    entries: int = 500
    slow_units: int = 3 * MIB

    @property
    def expanded_bytes(self) -> int:
        """Bytes of all entries together, unpacked."""
        return self.file_bytes + self.other_bytes

    @property
    def archive_bytes(self) -> int:
        """Bytes of the archive: files are stored uncompressed, and compression enlarges no entry."""
        return self.expanded_bytes + self.entries * ENTRY_OVERHEAD

    def entry_bytes(self, name: str) -> int:
        """The maximum size in bytes of an entry of that name."""
        if name.startswith(FILES):
            return self.file_bytes
        kinds = {
            "act.json": self.act_bytes,
            MANIFEST: self.act_bytes,
            "signature.p7s": 2 * self.act_bytes,
            "signature.pem": 2 * self.act_bytes,
            "protocol.asics": 4 * self.act_bytes,
            "proof.txt": self.act_bytes,
            "README.txt": self.act_bytes,
        }
        return kinds.get(name.rpartition("/")[2], self.evidence_bytes)

    def fault(self, sizes: Mapping[str, int]) -> Fault | None:
        """The first limit that entries of those names and sizes exceed."""
        for name, size in sizes.items():
            if size > self.entry_bytes(name):
                return Fault("entry-too-large", name=name, limit=self.entry_bytes(name))
        files = [size for name, size in sizes.items() if name.startswith(FILES)]
        statements = [size for name, size in sizes.items() if name.startswith(ACTS) and name.endswith("/act.json")]
        counts = {
            "container-entries": (len(sizes), self.entries),
            "container-files": (len(files), self.files),
            "container-acts": (len(statements), self.acts),
            "container-file-bytes": (sum(files), self.file_bytes),
            "container-act-bytes": (sum(statements), self.acts_bytes),
            "container-other-bytes": (sum(sizes.values()) - sum(files), self.other_bytes),
        }
        over = (Fault(code, limit=limit) for code, (count, limit) in counts.items() if count > limit)
        return next(over, None)


USUAL = Limits()
LARGER = Limits(
    files=2_000,
    file_bytes=3 * KIB * MIB,
    acts=1_000,
    act_bytes=8 * MIB,
    acts_bytes=128 * MIB,
    evidence_bytes=48 * MIB,
    other_bytes=512 * MIB,
    entries=10_000,
    slow_units=256 * MIB,
)
