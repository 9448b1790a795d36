"""Decides whether an uploaded file is accepted: its type, and every objection as a sentence."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ecase import untrusted
from ecase.cases import media, names, storage
from ecase.problems import Invalid, Problem, TryLater
from ecase.untrusted import findings, forms

FIELD = "file"
DAMAGED, BEYOND, ENCRYPTED, ACTIVE = "file-damaged", "file-beyond-limits", "file-encrypted", "file-active-content"


class _Known:
    """Findings about files that this process has read recently: the same file is often attached to many motions.

    Exceeded limits are not cached, since they may depend on the load of the machine.
    """

    def __init__(self, most: int = 1000) -> None:
        self._most, self._lock = most, threading.Lock()
        self._found: OrderedDict[tuple[str, str], untrusted.Examined] = OrderedDict()

    def get(self, key: tuple[str, str]) -> untrusted.Examined | None:
        """The findings about a file, by its SHA-256 and its presented form."""
        with self._lock:
            return self._found.get(key)

    def keep(self, key: tuple[str, str], examined: untrusted.Examined) -> None:
        """Cache the findings; the oldest entry makes room."""
        with self._lock:
            self._found[key] = examined
            if len(self._found) > self._most:
                self._found.popitem(last=False)


_KNOWN = _Known()

# Problem code and sentence, by finding.
SENTENCES = {
    findings.CUT: (DAMAGED, gettext_noop("“%(name)s” breaks off: its end is missing. Save or send it again.")),
    findings.DAMAGED: (DAMAGED, gettext_noop("“%(name)s” cannot be read: it is damaged, or not what it begins as.")),
    findings.NO_PAGES: (DAMAGED, gettext_noop("“%(name)s” has no pages.")),
    findings.PAGE_WITHOUT_SIZE: (DAMAGED, gettext_noop("Page %(page)s of “%(name)s” has no size.")),
    findings.TOO_MANY_PAGES: (BEYOND, gettext_noop("“%(name)s” has more than %(limit)s pages. Split it.")),
    findings.TOO_MANY_PIXELS: (
        BEYOND,
        gettext_noop("“%(name)s” has %(width)s × %(height)s pixels; at most %(limit)s are accepted. Make it smaller."),
    ),
    findings.EXPANDS: (BEYOND, gettext_noop("“%(name)s” unpacks to more than is accepted. Split it.")),
    findings.LIMITS: (
        BEYOND,
        gettext_noop("“%(name)s” takes more memory or time to read than is allowed. Save it in a simpler form."),
    ),
    findings.ENCRYPTED: (
        ENCRYPTED,
        gettext_noop("“%(name)s” opens only with a password or a key. Save it without protection."),
    ),
    findings.ARCHIVE: (
        ACTIVE,
        gettext_noop("“%(name)s” is a ZIP archive as well. Save it again with the program that it comes from."),
    ),
    findings.SCRIPT: (ACTIVE, gettext_noop("“%(name)s” contains a script. Print it to a plain PDF.")),
    findings.PROGRAM: (
        ACTIVE,
        gettext_noop("“%(name)s” contains or starts a program. Take it out, or print the document to a plain PDF."),
    ),
    findings.EMBEDDED: (
        ACTIVE,
        gettext_noop("“%(name)s” contains other files. Take them out and upload each by itself."),
    ),
    findings.OTHER_FILE: (
        ACTIVE,
        gettext_noop("“%(name)s” opens another file, which is not part of it. Print it to a plain PDF."),
    ),
    findings.LINK: (
        ACTIVE,
        gettext_noop("“%(name)s” has a link that opens by itself or is no web address: %(address)s. Remove the link."),
    ),
    findings.MEDIA: (ACTIVE, gettext_noop("“%(name)s” contains sound, video or 3D. Print it to a plain PDF.")),
    findings.FORM: (
        ACTIVE,
        gettext_noop("“%(name)s” contains a form that sends or loads data. Print it to a plain PDF."),
    ),
    findings.XFA: (
        ACTIVE,
        gettext_noop("“%(name)s” is an XFA form, which few programs show. Print it to a plain PDF."),
    ),
    findings.MACRO: (ACTIVE, gettext_noop("“%(name)s” contains macros. Save it without them.")),
    findings.OLE: (
        ACTIVE,
        gettext_noop("“%(name)s” contains an object of another program (OLE). Put a picture in its place."),
    ),
    findings.ACTIVEX: (ACTIVE, gettext_noop("“%(name)s” contains an ActiveX control. Remove it.")),
    findings.EXTERNAL: (
        ACTIVE,
        gettext_noop("“%(name)s” loads something from outside when it is opened: %(address)s. Embed or remove it."),
    ),
    findings.PATH: (ACTIVE, gettext_noop("“%(name)s” contains a part that would be unpacked outside its folder.")),
    findings.DOCTYPE: (ACTIVE, gettext_noop("“%(name)s” contains a document type declaration, which may load files.")),
}


def validate_upload(spool: storage.Spooled, name: str, expected_sha256: str | None) -> media.FileType:
    """The type of a file that may be stored; raises :class:`Invalid` with every fault at field ``file``.

    ``name`` is a safe name, ``expected_sha256`` the hash that the sender states. Raises ``TryLater`` if so many files
    are being read that this one did not get its turn within a minute.
    """
    form, found = _examined(spool)
    known = media.TYPES.get(form)
    kind = known if known and known.key in settings.UPLOAD_TYPES else None
    problems = [
        *_problems_of_sending(spool, name, expected_sha256, kind),
        *_problems_of_content(spool, name, kind, found),
    ]
    if kind is None or problems:
        raise Invalid(problems)
    return kind


def _examined(spool: storage.Spooled) -> tuple[str, tuple[untrusted.Finding, ...]]:
    """The form of the file, and what was found in it."""
    form = forms.presented(spool.file) if spool.size else ""
    if form not in forms.STRUCTURED:
        return form, ()
    examined = _KNOWN.get((spool.sha256, form))
    if examined is None:
        try:
            examined = untrusted.examine(Path(spool.file.name), form)
        except untrusted.Busy as fault:
            message = _("Too many files are being looked at in this moment. Try again in a minute.")
            raise TryLater(Problem("files-busy", message, FIELD)) from fault
        if findings.LIMITS not in {finding.code for finding in examined.findings}:
            _KNOWN.keep((spool.sha256, form), examined)
    return examined.form, examined.findings


def _problems_of_sending(
    spool: storage.Spooled, name: str, expected_sha256: str | None, kind: media.FileType | None
) -> Iterator[Problem]:
    if not spool.size:
        yield Problem("file-empty", _("“%(name)s” is empty.") % {"name": name}, FIELD)
    if expected_sha256 is not None and expected_sha256.lower() != spool.sha256:
        message = _("“%(name)s” is not the file that was sent: its SHA-256 differs. Send it again.")
        yield Problem("file-hash-mismatch", message % {"name": name}, FIELD, {"sha256": spool.sha256})
    if not name:
        yield Problem("file-name-missing", _("The file needs a name."), FIELD)
    elif kind and names.extension(name) not in kind.extensions:
        message = _("The name “%(name)s” does not end as its content asks: .%(extension)s")
        params = {"name": name, "extension": kind.extensions[0]}
        yield Problem("file-extension-mismatch", message % params, FIELD, {"extensions": list(kind.extensions)})


def _problems_of_content(
    spool: storage.Spooled, name: str, kind: media.FileType | None, found: tuple[untrusted.Finding, ...]
) -> Iterator[Problem]:
    if kind is None and spool.size and not found:
        message = _("“%(name)s” is of a type that is not accepted. Accepted are: %(types)s.")
        params = {"name": name, "types": ", ".join(settings.UPLOAD_TYPES)}
        yield Problem("file-type-not-accepted", message % params, FIELD, {"accepted": list(settings.UPLOAD_TYPES)})
    for finding in found:
        code, sentence = SENTENCES[finding.code]
        detail: dict[str, Any] = finding.detail
        # What is wrong with an archive is wrong with one of its files.
        shown = f"{name} › {detail['part']}" if kind and kind.key == "zip" and "part" in detail else name
        yield Problem(code, _(sentence) % {"name": shown, **detail}, FIELD, {"found": [finding.code], **detail})
