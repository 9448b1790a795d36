"""Targets of links in a document."""

import re
from urllib.parse import unquote

_FOR_READERS = re.compile(r"(https?|mailto|ftp|tel):", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# A single letter is a Windows drive, not a scheme.
_DRIVE = re.compile(r"(file:/{2,3})?[a-z]:[\\/]", re.IGNORECASE)
MAX_SHOWN = 200


def stays_local(address: str) -> bool:
    """Whether an address is in the document or on the reader's own drives, so that no other machine is contacted."""
    plain = unquote(address).strip()
    if _DRIVE.match(plain):
        return True
    return not plain.replace("\\", "/").startswith("//") and not _SCHEME.match(plain)


def may_be_clicked(address: str) -> bool:
    """Whether a click only opens a web page, an e-mail or a local place."""
    return bool(_FOR_READERS.match(address.strip())) or stays_local(address)


def shown(address: str) -> str:
    """The address as shown in a sentence."""
    return address[:MAX_SHOWN]
