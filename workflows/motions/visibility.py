"""Which entries of the audit log a post may read: used by page, list, search, proof, REST API and export.

Visibility depends on the entry's ``subject`` and ``event``, never on its chain. Unknown events and subjects are visible
to nobody: each event is assigned a circle in :data:`EVENTS`, each part of a subject is listed in :data:`SUBJECTS`.

The numbers of a chain reveal how many entries lie between two visible ones. So all entries of a chain have one circle:
entries hidden from some readers of a motion (drafting, readings, refusals, suggestions) are in separate chains.
"""

from enum import StrEnum
from typing import Any

from django.db.models import BooleanField, CharField, Exists, Func, OuterRef, Q, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from ecase.audit.models import Entry
from ecase.cases.models import Case
from ecase.officers.models import Post, Role
from workflows.copies.models import Copy
from workflows.motions.models import Act, Admission, Attachment, Motion, PreparedAct
from workflows.motions.signers import OWN_ACTS_ALONE


class Circle(StrEnum):
    """Who may read an entry."""

    # Auditors and administrators.
    SYSTEM = "system"
    # The officer himself, auditors and administrators.
    ACCOUNT = "account"
    # Those who may open the case as its investigators or supervise it, and auditors.
    CASE = "case"
    # Those who may open the motion, and auditors.
    MOTION = "motion"
    # Those of them in the author's own body, and auditors.
    DRAFTING = "drafting"
    # The officer himself, and auditors.
    OWN = "own"
    # Auditors.
    MESSAGE = "message"


EVENTS: dict[str, Circle] = {
    "admin.changed": Circle.SYSTEM,
    "bar.declared": Circle.SYSTEM,
    "bar.lifted": Circle.SYSTEM,
    "calendar.loaded": Circle.SYSTEM,
    "demo.loaded": Circle.SYSTEM,
    "draw.committed": Circle.SYSTEM,
    "evidence.renewed": Circle.SYSTEM,
    "file.altered": Circle.SYSTEM,
    "log.key_rotated": Circle.SYSTEM,
    "log.resumed": Circle.SYSTEM,
    "row.altered": Circle.SYSTEM,
    "seal.pinned": Circle.SYSTEM,
    "subscription.changed": Circle.SYSTEM,
    "subscription.ended": Circle.SYSTEM,
    "subscription.made": Circle.SYSTEM,
    "subscription.rotated": Circle.SYSTEM,
    "session.confirmed": Circle.ACCOUNT,
    "session.ended": Circle.ACCOUNT,
    "session.opened": Circle.ACCOUNT,
    "session.refused": Circle.ACCOUNT,
    "sign_in.refused": Circle.ACCOUNT,
    "sign_in.succeeded": Circle.ACCOUNT,
    "token.issued": Circle.ACCOUNT,
    "token.refused": Circle.ACCOUNT,
    "token.revoked": Circle.ACCOUNT,
    "case.corrected": Circle.CASE,
    "case.opened": Circle.CASE,
    "counsel.ended": Circle.CASE,
    "counsel.named": Circle.CASE,
    "person.added": Circle.CASE,
    "person.corrected": Circle.CASE,
    "team.joined": Circle.CASE,
    "team.led": Circle.CASE,
    "act.performed": Circle.MOTION,
    "copies.overdue": Circle.MOTION,
    "copies.owed": Circle.MOTION,
    "copies.voided": Circle.MOTION,
    "copy.acknowledged": Circle.MOTION,
    "copy.served": Circle.MOTION,
    "deadline.escalated": Circle.MOTION,
    "deadline.missed": Circle.MOTION,
    "deadline.recomputed": Circle.MOTION,
    "deadline.reminder": Circle.MOTION,
    "draw.made": Circle.MOTION,
    "duty.called": Circle.MOTION,
    "duty.exhausted": Circle.MOTION,
    "measure.lapsed": Circle.MOTION,
    "sanction.ending": Circle.MOTION,
    "draft.attached": Circle.DRAFTING,
    "draft.created": Circle.DRAFTING,
    "draft.detached": Circle.DRAFTING,
    "draft.discarded": Circle.DRAFTING,
    "draft.related": Circle.DRAFTING,
    "draft.saved": Circle.DRAFTING,
    "act.refused": Circle.OWN,
    "document.read": Circle.OWN,
    "document.stored": Circle.OWN,
    "motion.opened": Circle.OWN,
    "motion.printed": Circle.OWN,
    "request.refused": Circle.OWN,
    "signature.undecided": Circle.OWN,
    "suggestion.made": Circle.OWN,
    "suggestion.refused": Circle.OWN,
    "message.given_up": Circle.MESSAGE,
    "message.retried": Circle.MESSAGE,
}

# What the subject of an entry may name: keys that lead to a motion, reference data, address parts, others.
TO_A_MOTION = ("motion", "act", "copy", "document", "key")
REFERENCE_DATA = (
    "absence",
    "bar",
    "barend",
    "dutyshift",
    "officer",
    "organisation",
    "post",
    "rosterentry",
    "signerrule",
    "trustedcertificate",
    "year",
)
OF_ADDRESSES = ("act_type", "after", "attachment", "before", "suggestion")
OTHERS = (
    "call",
    "case",
    "certificate",
    "court",
    "draw",
    "file",
    "message",
    "row",
    "session",
    "subscription",
    "token",
    "topic",
)
SUBJECTS = frozenset({*TO_A_MOTION, *REFERENCE_DATA, *OF_ADDRESSES, *OTHERS})

WATCHERS = (Role.AUDITOR, Role.ADMINISTRATOR)
DISCARDED = "draft.discarded"


def entry_is_visible(entry: Entry, post: Post) -> bool:
    """Whether ``post`` may read the entry's content. Its existence and number are visible to everyone."""
    return entries_visible_to(post).filter(pk=entry.pk).exists()


def entries_visible_to(post: Post) -> QuerySet[Entry]:
    """The entries whose content ``post`` may read, unordered. A post that has ended reads none."""
    if not post.is_current():
        return Entry.objects.none()
    return _asked().filter(_circles_of(post))


# -- contents of an entry -------------------------------------------------------------------------------------------


class _TextAt(Func):
    """The text at a path of an entry's body, such as ``{subject,motion}``; NULL if there is none."""

    template = "(convert_from(%(expressions)s, 'UTF8')::json #>> '%(path)s')"
    output_field = TextField()


class _UuidAt(Func):
    """The same as a UUID; NULL for anything else."""

    template = (
        f"(CASE WHEN {_TextAt.template} ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'"
        f" THEN {_TextAt.template}::uuid END)"
    )
    output_field = UUIDField()


class _NamesOnly(Func):
    """Whether the subject names only keys in ``known``."""

    template = "((convert_from(%(expressions)s, 'UTF8')::json -> 'subject')::jsonb - '%(known)s'::text[] = '{}'::jsonb)"
    output_field = BooleanField()


def _asked() -> QuerySet[Entry]:
    about: dict[str, Any] = {
        f"about_{name}": _UuidAt("body", path=f"{{subject,{name}}}") for name in (*TO_A_MOTION, "case")
    }
    who = Coalesce(_UuidAt("body", path="{actor,officer}"), _UuidAt("body", path="{subject,officer}"))
    known = _NamesOnly("body", known="{" + ",".join(sorted(SUBJECTS)) + "}")
    asked = Entry.objects.alias(event_name=_TextAt("body", path="{event}"), who=who, is_known=known, **about).filter(
        Q(is_known=True)
    )
    for name in ("motion", "act", "copy", "document"):
        asked = asked.alias(**{f"{name}_text": _TextAt("body", path=f"{{subject,{name}}}")})
        asked = asked.filter(Q(**{f"{name}_text": None}) | Q(**{f"about_{name}__isnull": False}))
    return asked


def _happened(*circles: Circle) -> Q:
    return Q(event_name__in=[event for event, circle in EVENTS.items() if circle in circles])


# -- circles ---------------------------------------------------------------------------------------------------------


def _circles_of(post: Post) -> Q:
    if post.role == Role.AUDITOR:
        return Q(event_name__in=list(EVENTS)) & _kept_from_no(post)
    own = _happened(Circle.ACCOUNT, Circle.OWN) & Q(who=post.officer_id)
    if post.role == Role.ADMINISTRATOR:
        return own | _happened(Circle.ACCOUNT) | (_happened(Circle.SYSTEM) & Q(about_motion=None))
    # The defence opens a case only for its own part in it, not for the other participants.
    of_case = Q(pk__in=[])
    if post.role != Role.DEFENDER:
        cases = Case.objects.visible_to(post).filter(pk=OuterRef("about_case"))
        of_case = _happened(Circle.CASE) & Q(Exists(cases))
    return own | of_case | _of_motion(post)


def _of_motion(post: Post) -> Q:
    """Whoever has signed a later act on the motion keeps seeing what was seen then."""
    seen = Motion.objects.visible_to(post).filter(pk=OuterRef("about_motion"))
    of_motion = _happened(Circle.MOTION, Circle.SYSTEM) & Q(Exists(seen))
    if post.role not in OWN_ACTS_ALONE:
        signed_later = Act.objects.filter(
            motion=OuterRef("about_motion"),
            entry__gte=OuterRef("pk"),
            author__officer=post.officer_id,
            author__organisation=post.organisation_id,
            author__role=post.role,
        )
        of_motion |= _happened(Circle.MOTION) & Q(Exists(signed_later))
    return of_motion | (_happened(Circle.DRAFTING) & Q(Exists(seen.filter(organisation=post.organisation_id))))


def _kept_from_no(auditor: Post) -> Q:
    """No motion that is secret to the auditor. An entry without a traceable motion may be about a secret one."""
    admitted = Admission.objects.filter(officer=auditor.officer_id).values("motion")
    motions = Motion.objects.filter(Q(secret=False) | Q(pk__in=admitted))
    secret = Motion.objects.filter(secret=True).exclude(pk__in=admitted)
    of_an_act = _is_about(Act, motions, "about_act") | _is_about(PreparedAct, motions, "about_act")
    attached = _is_about(Attachment, secret, "about_document", "document")
    of_a_secret = attached | _is_about(Copy, secret, "about_document", "proof")
    return (
        (Q(about_motion=None) | _is_one_of(motions, "about_motion"))
        & (Q(about_motion__isnull=False) | Q(about_act=None) | of_an_act)
        & (Q(about_motion__isnull=False) | Q(about_copy=None) | _is_about(Copy, motions, "about_copy"))
        & (Q(about_document=None) | ~of_a_secret)
        & (Q(about_key=None) | _is_one_of(motions, "about_key"))
    )


def _is_one_of(motions: QuerySet[Motion], name: str) -> Q:
    """About one of these motions, or a draft that was discarded and was not secret."""
    chain = Concat(Value("draft:"), Cast(OuterRef(name), CharField()))
    ended = Entry.objects.alias(
        event_name=_TextAt("body", path="{event}"), withheld=_TextAt("body", path="{data,secret}")
    )
    open_drafts = ended.filter(chain=chain, event_name=DISCARDED, withheld="false")
    return Q(Exists(motions.filter(pk=OuterRef(name)))) | Q(Exists(open_drafts))


def _is_about(model: Any, motions: QuerySet[Motion], name: str, column: str = "pk") -> Q:
    """About a row of ``model`` that belongs to one of these motions."""
    return Q(Exists(model.objects.filter(**{column: OuterRef(name)}, motion__in=motions.values("pk"))))
