"""Names of uploaded files, made safe to show, to store and to send in a header."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_LENGTH = 120
MAX_EXTENSION = 10
# Other (control, format with the bidi overrides, surrogate, private use, unassigned) and line or paragraph separators.
INVISIBLE = ("C", "Zl", "Zp")
SPACES = re.compile(r"\s+")
# Not allowed in a file name on Windows, where most officers save what they download.
FORBIDDEN = re.compile(r'[<>:"|?*]')


def safe(name: str) -> str:
    """The last part of ``name`` without invisible or ambiguous characters, at most 120 characters; may be empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    # Spaces are joined, and letters composed with their accents, after invisible characters are removed.
    visible = "".join(c for c in SPACES.sub(" ", last) if not unicodedata.category(c).startswith(INVISIBLE))
    spaced = " ".join(unicodedata.normalize("NFC", visible).split())
    whole = FORBIDDEN.sub("_", spaced).strip(". ")
    if len(whole) <= MAX_LENGTH:
        return whole
    tail = PurePosixPath(whole).suffix
    tail = tail if len(tail) <= MAX_EXTENSION else ""
    return whole[: MAX_LENGTH - len(tail)].rstrip(". ") + tail


def extension(name: str) -> str:
    """The extension in lower case without the dot, or an empty string."""
    return PurePosixPath(name).suffix[1:].lower()
