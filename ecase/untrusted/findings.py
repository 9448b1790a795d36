"""Objections to a file, by stable code; the service translates them into sentences."""

from dataclasses import dataclass, field
from typing import Any, NoReturn

# The file is not whole.
CUT, DAMAGED, NO_PAGES, PAGE_WITHOUT_SIZE = "cut", "damaged", "no-pages", "page-without-size"
# The file exceeds what is read.
TOO_MANY_PAGES, TOO_MANY_PIXELS, EXPANDS, LIMITS = "too-many-pages", "too-many-pixels", "expands", "limits"
# The file hides its content, or is two files at once.
ENCRYPTED, ARCHIVE = "encrypted", "archive"
# The file has active content, or accesses something outside.
SCRIPT, PROGRAM, EMBEDDED, OTHER_FILE, LINK = "script", "program", "embedded-file", "other-file", "link"
MEDIA, FORM, XFA = "media", "form-action", "xfa"
MACRO, OLE, ACTIVEX, EXTERNAL, PATH, DOCTYPE = "macro", "ole", "activex", "external", "path", "doctype"


@dataclass(frozen=True)
class Finding:
    """One objection; ``detail`` names the page, part or address."""

    code: str
    detail: dict[str, Any] = field(default_factory=dict, hash=False)


class Faulty(Exception):
    """The file cannot be read further after this finding."""

    def __init__(self, code: str, **detail: Any) -> None:
        self.finding = Finding(code, detail)
        super().__init__(code)


def refuse_doctype(part: str, *_declaration: object) -> NoReturn:
    """Raise ``Faulty``: a document type in the XML of ``part``, whose entities could grow without limit."""
    raise Faulty(DOCTYPE, part=part)
