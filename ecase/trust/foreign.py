"""Signatures of others in files: an expert's, a bank's. They are checked by this installation's trust and shown.

Nothing depends on the result: the file is evidence whatever its signature is worth.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ecase.trust import services
from signatures import Expected, Policy, Report, verify
from signatures.asn1 import der, oids
from signatures.cms.attached import detach
from signatures.cms.parsing import Malformed, parse
from signatures.container.limits import USUAL
from signatures.crypto import budget

# Larger ones, and signatures over larger files, are not verified in this process; they can be offline.
MAX_BYTES = 16 * 1024 * 1024
# What others sign is not bound to the uses of our officers' keys.
POLICY = Policy(max_cms_bytes=MAX_BYTES)
Fetch = Callable[[], bytes]


@dataclass(frozen=True)
class Foreign:
    """``report`` of the verification; ``over``: the name of the file that is signed, empty for the enclosed content.

    ``report`` is ``None`` if the file that is signed is not at hand, or the signature cannot be read.
    """

    report: Report | None
    over: str = ""
    encloses: bool = False


def examine(data: bytes, files: Mapping[str, tuple[str, Fetch]], at: datetime) -> Foreign:
    """Verify the signature ``data`` as of ``at``, over what it encloses or over that of ``files`` which it signs.

    ``files``: the SHA-256 and the content of files beside it, by name; only one that fits is fetched.
    """
    try:
        detached = detach(data, MAX_BYTES)
        if detached.content is not None:
            return Foreign(_verified(detached.cms, detached.content, at), encloses=True)
        digest = _message_digest(detached.cms)
    except Malformed:
        return Foreign(None)
    for name, (sha256, fetch) in files.items():
        if sha256 == digest:
            return Foreign(_verified(detached.cms, fetch(), at), over=name)
    return Foreign(None)


def _verified(cms: bytes, content: bytes, at: datetime) -> Report:
    with budget.limited(USUAL.slow_units):
        return verify(cms, content, trust=services.at(at).store, expected=Expected(), at=at, policy=POLICY)


def _message_digest(cms: bytes) -> str:
    """The SHA-256 that the signature states of its content, in hexadecimal; empty if it states none or another one."""
    found = parse(cms, POLICY).signer.values(oids.MESSAGE_DIGEST)
    if len(found) != 1 or len(found[0]) != 1:
        return ""
    stated = found[0][0].expect(der.OCTET_STRING).content
    return stated.hex() if len(stated) == hashlib.sha256().digest_size else ""
