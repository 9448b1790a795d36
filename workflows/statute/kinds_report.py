"""The kinds of a catalogue in a table, a row each: the source of ``docs/reference/kinds.md``."""

from django.utils import translation

from workflows.statute import wording
from workflows.statute.report import table
from workflows.statute.schema import DECISIONS, Catalogue, Kind, Term

HEAD = """# The kinds of sanctions

Written by `manage.py statute table`, never by hand: [change the catalogue](../how-to/change-the-catalogue.md) instead.
No rule has been reviewed by counsel unless `manage.py statute report` says so.
"""
MOVES = ("Kind", "Articles", "Author", "Inside the body", "Prosecutor", "Other terms", "Attachments")
DECIDES = ("Kind", "Judge's term", "Hearing", "Outcomes", "Validity")
FOLLOWS = ("Kind", "Urgent path", "Appeal", "Copies go to", "Secrecy")
NONE = "-"


def page(entry: Catalogue) -> str:
    """The page, in English."""
    with translation.override("en"):
        kinds = [kind for group in entry.groups for kind in entry.kinds.values() if kind.group == group.key]
        parts = [
            HEAD.strip(),
            f"{entry.title}: {len(entry.kinds)} kinds, version {entry.version}, in force from {entry.valid_from}.",
            "## Who moves\n\n" + table(MOVES, map(_moves, kinds)),
            "## What the judge decides\n\n" + table(DECIDES, map(_decides, kinds)),
            "## What follows\n\n" + table(FOLLOWS, map(_follows, kinds)),
        ]
        return "\n\n".join(parts) + "\n"


def _moves(kind: Kind) -> tuple[str, ...]:
    before = [f"{term.label}: {wording.term_length(term)}" for term in kind.terms if not _is_the_judges(term)]
    attached = [
        str(attachment.label) for attachment in kind.attachments if attachment.required or attachment.required_if
    ]
    return (
        f"{kind.name} (`{kind.key}`)",
        ", ".join(kind.articles),
        ", ".join(map(wording.word, kind.author_roles)),
        str(kind.internal_approver.label) if kind.internal_approver else NONE,
        wording.word(kind.prosecutor.role),
        "; ".join(before) or NONE,
        "; ".join(attached) or NONE,
    )


def _is_the_judges(term: Term) -> bool:
    return term.role == "judge" and not DECISIONS.isdisjoint(term.met_by)


def _decides(kind: Kind) -> tuple[str, ...]:
    unknown = str(wording.UNKNOWN)
    return (
        str(kind.name),
        "; ".join(wording.term_length(term) or unknown for term in kind.terms if _is_the_judges(term)) or NONE,
        wording.hearing(kind.hearing),
        "; ".join(f"{outcome.label} ({wording.word(outcome.output)})" for outcome in kind.outcomes),
        wording.says(kind.validity),
    )


def _follows(kind: Kind) -> tuple[str, ...]:
    appeal = kind.appeal
    return (
        str(kind.name),
        wording.says(kind.urgent),
        f"{wording.amount(appeal.term)}, {wording.suspends(appeal)}" if appeal.allowed else wording.says(appeal),
        ", ".join(str(addressee.label) for addressee in kind.service) or NONE,
        wording.says(kind.secrecy),
    )
