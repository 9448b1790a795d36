"""Checks a PDF by its objects (ISO 32000-1) as QPDF reads them through every filter, stream and escape.

Words on a page or in a title are text and have no effect. Accepted: an owner password (the file opens without one),
``/OpenAction`` and ``/AA`` that only turn to a page, links that a reader clicks, an empty tree of embedded files, a
damaged cross-reference table that can be rebuilt. Not detected: attacks by a malformed image or font.
"""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf, Stream

from ecase.untrusted import addresses, archives
from ecase.untrusted.findings import (
    ARCHIVE,
    CUT,
    DAMAGED,
    EMBEDDED,
    ENCRYPTED,
    FORM,
    LINK,
    MEDIA,
    NO_PAGES,
    OTHER_FILE,
    PAGE_WITHOUT_SIZE,
    PROGRAM,
    SCRIPT,
    TOO_MANY_PAGES,
    XFA,
    Faulty,
    Finding,
)

MAX_PAGES = 10_000
MAX_STREAM = 256 * 1024 * 1024
# Bytes in which readers search for the end (ISO 32000-1, annex H.3, note 18). Servers pad with zeros.
TAIL, PADDING = 1024, 64 * 1024
# A chain of actions is not followed further.
MAX_CHAIN = 32

ACTIONS = {
    "/JavaScript": SCRIPT,
    "/Launch": PROGRAM,
    "/GoToR": OTHER_FILE,
    "/GoToE": EMBEDDED,
    "/SubmitForm": FORM,
    "/ImportData": FORM,
    "/Rendition": MEDIA,
    "/Movie": MEDIA,
    "/Sound": MEDIA,
    "/RichMediaExecute": MEDIA,
}
ANNOTATIONS = {"/RichMedia": MEDIA, "/Movie": MEDIA, "/Sound": MEDIA, "/3D": MEDIA}
_SUSPECT = re.compile(
    rb"/(JavaScript|JS|Launch|GoToR|GoToE|SubmitForm|ImportData|Rendition|Movie|Sound|RichMedia|RichMediaExecute|3D"
    rb"|EF|EmbeddedFile|F|URI|XFA|Thread|OpenAction|AA)(?=[\s/\[\]<>()%]|\Z)"
)


def open_whole(path: Path) -> Pdf:
    """The PDF, which must have an end, at least one page, and a size for each; raises :class:`Faulty`."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - PADDING))
        end = file.read().rstrip(b"\0\r\n\t ")[-TAIL:]
    if b"%%EOF" not in end:
        raise Faulty(CUT)
    pikepdf.settings.set_qpdf_limits(flate_max_memory=MAX_STREAM, run_length_max_memory=MAX_STREAM)
    try:
        pdf = Pdf.open(path)
    except pikepdf.PasswordError as fault:
        raise Faulty(ENCRYPTED) from fault
    except pikepdf.PdfError as fault:
        raise Faulty(ENCRYPTED if "encrypt" in str(fault) else DAMAGED) from fault
    _require_pages(pdf)
    return pdf


def examine(path: Path) -> Iterator[Finding]:
    """All objections to the PDF at ``path``."""
    if archives.is_archive(path):
        yield Finding(ARCHIVE)
    with open_whole(path) as pdf:
        try:
            # It can be joined with others.
            with Pdf.new() as trial:
                trial.pages.extend(pdf.pages)
        except (pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError) as fault:
            raise Faulty(DAMAGED) from fault
        seen: set[str] = set()
        for finding in _active(pdf):
            # A hundred scripts are reported once.
            if finding.code not in seen:
                seen.add(finding.code)
                yield finding


def _require_pages(pdf: Pdf) -> None:
    try:
        count = len(pdf.pages)
        if count > MAX_PAGES:
            raise Faulty(TOO_MANY_PAGES, limit=MAX_PAGES)
        faulty = next((number for number, page in enumerate(pdf.pages, 1) if not _has_size(page)), None)
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError) as fault:
        raise Faulty(DAMAGED) from fault
    if not count:
        raise Faulty(NO_PAGES)
    if faulty:
        raise Faulty(PAGE_WITHOUT_SIZE, page=faulty)


def _has_size(page: pikepdf.Page) -> bool:
    left, bottom, right, top = (float(number) for number in page.mediabox)
    sides = (abs(right - left), abs(top - bottom))
    return all(math.isfinite(side) and side > 0 for side in sides)


# -- active content ----------------------------------------------------------------------------------------------------


def _active(pdf: Pdf) -> Iterator[Finding]:
    for thing in (*pdf.objects, pdf.trailer):
        own = thing.stream_dict if isinstance(thing, Stream) else thing
        # Most objects hold no suspect name: serializing one with QPDF is faster than walking it.
        if _SUSPECT.search(own.unparse(resolved=True)):
            if isinstance(thing, Stream) and own.get("/Type") == Name("/EmbeddedFile"):
                yield Finding(EMBEDDED)
            # The bytes of the stream are in an external file (7.3.8.2).
            if isinstance(thing, Stream) and isinstance(own.get("/F"), (pikepdf.String, Dictionary)):
                yield Finding(OTHER_FILE)
            for dictionary in _dictionaries(own):
                yield from _of_a_dictionary(dictionary)
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and "/XFA" in form:
        yield Finding(XFA)


def _dictionaries(top: Object) -> Iterator[Object]:
    """The dictionaries directly in an object; referenced objects are examined separately."""
    stack: list[Any] = [top]
    while stack:
        # Numbers and booleans are plain Python values.
        node = stack.pop()
        if isinstance(node, Dictionary):
            yield node
            children: list[Any] = list(node.as_dict().values())
        else:
            children = list(node.as_list()) if isinstance(node, pikepdf.Array) else []
        stack.extend(child for child in children if isinstance(child, Object) and not child.is_indirect)


def _of_a_dictionary(own: Object) -> Iterator[Finding]:
    if own.get("/Type") != Name("/StructElem"):
        yield from _of_an_action(own)
    if (code := ANNOTATIONS.get(_name(own, "/Subtype"))) and "/Rect" in own:
        yield Finding(code)
    if isinstance(own.get("/EF"), Dictionary) and len(own["/EF"].keys()):
        yield Finding(EMBEDDED)
    if "/XFA" in own and "/Fields" in own:
        yield Finding(XFA)
    for address in _opened_by_itself(own):
        yield Finding(LINK, {"address": addresses.shown(address)})


def _of_an_action(own: Object) -> Iterator[Finding]:
    kind = _name(own, "/S")
    if code := ACTIONS.get(kind):
        yield Finding(code)
    if isinstance(own.get("/JS"), (pikepdf.String, Stream)):
        yield Finding(SCRIPT)
    if kind == "/Thread" and "/F" in own:
        yield Finding(OTHER_FILE)
    if kind == "/URI" and not addresses.may_be_clicked(_address(own)):
        yield Finding(LINK, {"address": addresses.shown(_address(own))})


def _opened_by_itself(own: Object) -> Iterator[str]:
    """Addresses that a viewer contacts without a click: of ``/OpenAction``, and of the triggers in ``/AA``."""
    triggers = own.get("/AA")
    begun = [own.get("/OpenAction"), *(triggers.as_dict().values() if isinstance(triggers, Dictionary) else ())]
    for action in filter(None, begun):
        for step in _chain(action):
            if _name(step, "/S") == "/URI":
                yield _address(step)


def _chain(action: Object) -> Iterator[Object]:
    """An action and its successors (12.6.2)."""
    waiting = [action]
    for _ in range(MAX_CHAIN):
        if not waiting:
            return
        step = waiting.pop()
        if isinstance(step, pikepdf.Array):
            waiting.extend(step.as_list())
        elif isinstance(step, Dictionary):
            yield step
            waiting.extend(filter(None, [step.get("/Next")]))


def _name(own: Object, key: str) -> str:
    value = own.get(key)
    return str(value) if isinstance(value, Name) else ""


def _address(own: Object) -> str:
    value = own.get("/URI")
    return bytes(value).decode("latin-1") if isinstance(value, pikepdf.String) else ""
