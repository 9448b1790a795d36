"""Differences between two versions of a motion: field by field, word by word, and file by file.

A version is what its author signed. For a returned motion that is being corrected, it is the present draft.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows.motions.exports.fields import display
from workflows.motions.models import Motion
from workflows.motions.states import ActType
from workflows.statute.conditions import is_empty
from workflows.statute.schema import Field

Mark = Literal["same", "removed", "added"]
WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Segment:
    """Words that both versions have, or only the earlier (``removed``), or only the later (``added``)."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Change:
    """A field or an attachment that differs; ``segments`` lead from the earlier to the later version."""

    label: str
    before: str
    after: str
    segments: tuple[Segment, ...]
    article: str = ""

    @classmethod
    def between(cls, label: str, before: str, after: str, article: str = "") -> "Change":
        """The change from one text to another."""
        return cls(label, before, after, segments(before, after), article)


@dataclass(frozen=True)
class _Version:
    """The content of a version: its payload, and its attachments by digest."""

    payload: Mapping[str, Any]
    files: Mapping[str, str]


def versions(motion: Motion) -> list[int]:
    """The versions that can be compared, ascending: those filed, and the draft of the next."""
    filed = motion.acts.filter(type=ActType.MOTION).values_list("version", flat=True)
    return sorted({*filed, *([motion.version] if motion.is_editable else [])})


def between(motion: Motion, version_a: int, version_b: int) -> list[Change]:
    """Every difference from ``version_a`` to ``version_b``, in the order of the form, attachments last.

    Words are in the reader's language. Raises ``KeyError`` for a version that the motion does not have.
    """
    before, after = _version(motion, version_a), _version(motion, version_b)
    changes = []
    for field in motion.kind_entry.form.fields:
        old, new = before.payload.get(field.key), after.payload.get(field.key)
        if old != new and not (is_empty(old) and is_empty(new)):
            texts = _words(motion, field, old), _words(motion, field, new)
            changes.append(Change.between(str(field.label), *texts, field.article))
    removed = [name for digest, name in before.files.items() if digest not in after.files]
    changes += [Change.between(_("Attachment removed"), name, "") for name in removed]
    added = [name for digest, name in after.files.items() if digest not in before.files]
    return changes + [Change.between(_("Attachment added"), "", name) for name in added]


def segments(before: str, after: str) -> tuple[Segment, ...]:
    """How ``before`` becomes ``after``, phrase by phrase; the joined segments give both texts."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    found: list[Segment] = []
    gone = come = ""
    for mark, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed, added = "".join(old[start:end]), "".join(new[begin:stop])
        if mark == "equal" and removed.strip():
            found += [*_changed(gone, come), Segment("same", removed)]
            gone = come = ""
        else:
            # A common space between changed words does not split a phrase.
            gone, come = gone + removed, come + added
    return (*found, *_changed(gone, come))


def _changed(gone: str, come: str) -> list[Segment]:
    if gone == come:
        return [Segment("same", gone)] if gone else []
    pieces = (Segment("removed", gone), Segment("added", come))
    return [piece for piece in pieces if piece.text]


def _version(motion: Motion, version: int) -> _Version:
    act = motion.acts.filter(type=ActType.MOTION, version=version).order_by("-position").first()
    if act is not None:
        # The first file is the paper of the act itself.
        payload, digests = act.stated["payload"], [file["sha256"] for file in act.stated["files"][1:]]
    elif version == motion.version and motion.is_editable:
        payload, digests = motion.payload, list(motion.attachments.values_list("document__blob", flat=True))
    else:
        raise KeyError(version)
    # As the person who added each file to the case named it.
    names = dict(motion.case.documents.filter(blob__in=digests).values_list("blob", "name"))
    return _Version(payload, {digest: names[digest] for digest in digests})


def _words(motion: Motion, field: Field, value: Any) -> str:
    """A value in words; each entry of a list on one line."""
    if is_empty(value):
        return ""
    if field.type != "list":
        return display(motion, field, value, (get_language() or "kk")[:2])
    rows = ([_words(motion, column, row.get(column.key)) for column in field.fields] for row in value)
    return "\n".join("; ".join(text for text in row if text) for row in rows)
