"""ASiC-S with CAdES (ETSI EN 319 162-1): one data object, ``act.json``, and the signature over it."""

from signatures.container import strict_zip
from signatures.container.strict_zip import Entry
from signatures.report.faults import Fault, FaultError

MIMETYPE = b"application/vnd.etsi.asic-s+zip"
MAX_ENTRIES, MAX_BYTES = 3, 1024 * 1024
DATA, SIGNATURE = "act.json", "META-INF/signature.p7s"


def write(act_json: bytes, cms: bytes) -> bytes:
    """The archive; ``cms`` is a detached CAdES signature in DER."""
    return strict_zip.write([Entry("mimetype", MIMETYPE, stored=True), Entry(DATA, act_json), Entry(SIGNATURE, cms)])


def read(data: bytes, max_bytes: int = MAX_BYTES) -> tuple[bytes, bytes]:
    """Data object and signature, together at most ``max_bytes`` unpacked.

    ``ValueError`` unless the archive has exactly the form that :func:`write` makes.
    """
    entries = strict_zip.read(data, MAX_ENTRIES, max_bytes)
    if entries[0] != Entry("mimetype", MIMETYPE, stored=True):
        raise FaultError(Fault("asic-mimetype"))
    if [entry.name for entry in entries[1:]] != [DATA, SIGNATURE]:
        raise FaultError(Fault("asic-members", data=DATA, signature=SIGNATURE))
    return entries[1].data, entries[2].data
