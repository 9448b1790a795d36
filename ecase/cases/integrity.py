"""Checks that stored files are unaltered, by their SHA-256, and reports those that are not.

Bytes are read from the storage again whenever something depends on them: at a signature over their digest, and whenever
they are sent out. Nothing is cached; the cost is one pass of SHA-256 over a file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files import File
from django.utils.translation import gettext_lazy as _

from ecase.audit import services as audit
from ecase.audit.refusals import append_refusal
from ecase.cases import storage
from ecase.problems import Problem, Refused

SYSTEM = "system"


class Altered(Refused):
    """The storage holds other bytes than were received, or none. One problem for each such file."""

    slug, status, title = "file-altered", 409, _("A stored file is not what it was")
    event = "file.altered"
    # For the log entry: the subject's key and the parameter of the problem under it; the parameters that are its data.
    about: tuple[str, str] = ("file", "sha256")
    stated: tuple[str, ...] = ("sha256", "found")


class RowAltered(Altered):
    """A database row differs from what was signed. One problem for each column that differs."""

    slug, title = "row-altered", _("A stored record is not what was signed")
    event = "row.altered"
    about: tuple[str, str] = ("row", "row")
    stated: tuple[str, ...] = ("column",)


def altered_row(row: str, column: str) -> Problem:
    """The problem that ``column`` of a row (table and key) differs from what was signed."""
    message = _(
        "The stored record differs from what was signed (%(column)s of %(row)s). It is not shown. "
        "Tell the administrator."
    )
    return Problem("row-altered", message % {"row": row, "column": column}, "", {"row": row, "column": column})


def require_intact(files: Iterable[Mapping[str, Any]]) -> None:
    """Raise :class:`Altered` unless the stored bytes of all ``files`` (``name`` and ``sha256`` each) match.

    Every byte is read, in pieces; no query. The code that catches the exception reports it (:func:`report`).
    """
    digests = [(number, file, storage.stored_digest(file["sha256"])) for number, file in enumerate(files)]
    problems = [
        _problem(file["name"], file["sha256"], found, f"files.{number}")
        for number, file, found in digests
        if found != file["sha256"]
    ]
    if problems:
        raise Altered(problems)


def open_intact(sha256: str) -> File:
    """The stored file at its beginning, after one full read; the caller closes it. Raises :class:`Altered`, logged."""
    try:
        found, file = storage.open_hashed(sha256)
    except FileNotFoundError as fault:
        raise _reported(sha256, "") from fault
    if found != sha256:
        file.close()
        raise _reported(sha256, found)
    return file


def is_kept(sha256: str) -> bool:
    """Whether exactly these bytes are stored. Others in their place are logged and set aside, to be stored again."""
    found = storage.stored_digest(sha256)
    if found and found != sha256:
        _reported(sha256, found)
        storage.set_aside(sha256)
    return found == sha256


def report(fault: Altered, chain: str = SYSTEM, subject: Mapping[str, str] | None = None) -> None:
    """Log the incident, ``file.altered`` or ``row.altered``, once for each problem.

    For a file: its digest and that of the bytes present (empty: none), never its name; for a row: its key and the
    column. Called after the rollback of what was refused.
    """
    for problem in fault.problems:
        key, name = fault.about
        append_refusal(
            fault.event,
            chain=chain,
            actor=audit.service_actor(),
            subject={**(subject or {}), key: problem.params[name]},
            data={name: problem.params[name] for name in fault.stated},
        )


def _reported(sha256: str, found: str) -> Altered:
    """The fault of one stored file, after it was logged."""
    fault = Altered(_problem(sha256, sha256, found))
    report(fault)
    return fault


def _problem(name: str, sha256: str, found: str, field: str = "") -> Problem:
    message = _(
        "The stored file “%(name)s” has been altered or lost since it was taken in. "
        "Upload the same file once more, and tell the administrator."
    )
    return Problem("file-altered", message % {"name": name}, field, {"name": name, "sha256": sha256, "found": found})
