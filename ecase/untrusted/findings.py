"""What can stand against a file, by a stable code; the service puts it into sentences."""

from dataclasses import dataclass, field
from typing import Any

# The file is not whole.
CUT, DAMAGED, NO_PAGES, PAGE_WITHOUT_SIZE = "cut", "damaged", "no-pages", "page-without-size"
# The file is more than is read.
TOO_MANY_PAGES, TOO_MANY_PIXELS, EXPANDS, LIMITS = "too-many-pages", "too-many-pixels", "expands", "limits"
# The file hides what it holds, or is two files at once.
ENCRYPTED, ARCHIVE = "encrypted", "archive"
# The file acts, or reaches for something outside.
SCRIPT, PROGRAM, EMBEDDED, OTHER_FILE, LINK = "script", "program", "embedded-file", "other-file", "link"
MEDIA, FORM, XFA = "media", "form-action", "xfa"
MACRO, OLE, ACTIVEX, EXTERNAL, PATH, DOCTYPE = "macro", "ole", "activex", "external", "path", "doctype"


@dataclass(frozen=True)
class Finding:
    """One fault; ``detail`` names the page, part or address that it is in."""

    code: str
    detail: dict[str, Any] = field(default_factory=dict, hash=False)


class Faulty(Exception):
    """The reading cannot go on after this finding."""

    def __init__(self, code: str, **detail: Any) -> None:
        self.finding = Finding(code, detail)
        super().__init__(code)
