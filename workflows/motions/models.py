"""Motions, their acts, and acts prepared for signing."""

import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ecase.audit.append_only import AppendOnly
from ecase.audit.guards import Fixed, NeverDeleted, SetOnce
from ecase.audit.models import Entry
from ecase.base import UnnamedModel
from ecase.cases.integrity import RowAltered, altered_row
from ecase.cases.models import Blob, Case, Counsel, Document, Language, Person, TeamMember
from ecase.officers.models import Officer, Organisation, Post, Role
from workflows.act_types import ActTypeField
from workflows.copies.models import Copy
from workflows.motions import guards
from workflows.motions.locked_row import LockedRow
from workflows.motions.states import BRING_MATERIALS, EDITABLE, FINAL_STATES, AppealState, State
from workflows.motions.transitions import Machine
from workflows.statute.catalogue import catalogue
from workflows.statute.models import CatalogueVersion
from workflows.statute.schema import Kind

# Large columns of a motion's last act that no step reads.
UNREAD = ("last_act__act_json", "last_act__cms", "last_act__report", "last_act__payload")


# With the author's body: what is written there has not reached a prosecutor's office, or was sent back by it.
WITH_AUTHOR = (State.DRAFT, State.AWAITING_APPROVAL, State.RETURNED)


class MotionQuerySet(models.QuerySet["Motion"]):
    def visible_to(self, post: Post) -> "MotionQuerySet":
        """The motions that ``post`` may open; an unknown role sees none.

        Everyone sees the motions that he or she has authored. Investigators see the motions of their cases, heads of
        unit those of their body, prosecutors those that have reached their office, judges those assigned to them,
        chairs and clerks those registered by their court, counsel of a person those about that person that the law
        opens to the defence. Only admitted officers see a secret motion.
        """
        if not post.is_current():
            return self.none()
        scope = _SCOPES.get(post.role)
        if scope is None:
            return self.none()
        admitted = Admission.objects.filter(officer=post.officer_id).values("motion")
        return self.filter(scope(post), Q(secret=False) | Q(pk__in=admitted))

    def signed_by(self, post: Post) -> "MotionQuerySet":
        """The motions on which the officer of ``post`` has signed an act in this role and body.

        He keeps seeing that act and its subject when the motion is no longer :meth:`visible_to` him, and nothing that
        came later (``workflows.motions.signers``). Admissions to a secret motion are never revoked.
        """
        if not post.is_current():
            return self.none()
        return self.filter(pk__in=Act.objects.filter(written_by(post)).values("motion"))

    def decided_for(self, post: Post) -> "MotionQuerySet":
        """The motions of whose decision a copy is owed to a client of the counsel in ``post``.

        Only the decision is open to him, unless the motion is in :meth:`visible_to`.
        """
        if not post.is_current() or post.role != Role.DEFENDER:
            return self.none()
        persons = Counsel.objects.filter(officer=post.officer_id).values("person")
        owed = Copy.objects.filter(person__in=persons, notice=False).values("motion")
        return self.filter(pk__in=owed, secret=False)

    def open(self) -> "MotionQuerySet":
        """Motions that have not ended."""
        return self.exclude(state__in=FINAL_STATES)


def written_by(post: Post) -> Q:
    """Motions or acts written in this post, or in an earlier one of the same officer in the same role and body."""
    same = Post.objects.filter(officer=post.officer_id, organisation=post.organisation_id, role=post.role)
    return Q(author__in=same.values("pk"))


def _is_above(post: Post) -> bool:
    """Whether the body is superior to others. Only such a body gives further consents, or hears appeals.

    Most posts do not need this condition, and it would keep their lists from being read in index order.
    """
    return post.organisation.level != Organisation.Level.DISTRICT


def _of_prosecution(post: Post) -> Q:
    reached = ~Q(state__in=WITH_AUTHOR) & Q(submitted_at__isnull=False)
    supervised = Q(prosecution=post.organisation_id) & (reached | written_by(post))
    return supervised | (Q(consenting=post.organisation_id) & reached) if _is_above(post) else supervised


def _of_judge(post: Post) -> Q:
    drawn = Q(court=post.organisation_id, judge=post.officer_id)
    appealed = Q(appellate_court=post.organisation_id, appellate_judge=post.officer_id)
    return drawn | appealed if _is_above(post) else drawn


def _of_court(post: Post) -> Q:
    registered = Q(court=post.organisation_id, registered_at__isnull=False)
    return registered | Q(appellate_court=post.organisation_id) if _is_above(post) else registered


def _of_defence(post: Post) -> Q:
    """Motions about a person, for counsel of that person; nobody is counsel of a case as such.

    Each half uses an index of its own; a single condition with "or" would use none.
    """
    persons = Counsel.objects.filter(officer=post.officer_id).values("person")
    about = Motion.objects.filter(defence=True, subject__in=persons).values("pk")
    return Q(pk__in=about.union(Motion.objects.filter(written_by(post)).values("pk")))


def _of_team(post: Post) -> Q:
    """Motions of the body in the officer's cases, and those open to the defence in the body's own cases.

    Both halves start from the officer's cases: a single condition over two tables would use no index.
    """
    teams = TeamMember.objects.filter(officer=post.officer_id)
    filed = Motion.objects.filter(organisation=post.organisation_id, case__in=teams.values("case"))
    ours = teams.filter(case__organisation=post.organisation_id).values("case")
    shared = Motion.objects.filter(defence=True, case__in=ours)
    return Q(pk__in=filed.values("pk").union(shared.values("pk")))


_SCOPES: dict[str, Callable[[Post], Q]] = {
    Role.INVESTIGATOR: _of_team,
    Role.HEAD_OF_UNIT: lambda post: Q(organisation=post.organisation_id),
    Role.PROSECUTOR: _of_prosecution,
    Role.JUDGE: _of_judge,
    Role.COURT_CHAIR: _of_court,
    Role.CLERK: _of_court,
    Role.DEFENDER: _of_defence,
}


class Motion(LockedRow, Machine):
    """A request for a sanction, on its way from investigator to prosecutor to investigating judge.

    ``state`` changes only inside ``perform``: only the engine calls the transition methods, and a database trigger
    refuses a change that ``last_act`` does not explain. ``revision`` grows with every change (the ETag); ``version``
    counts re-submissions after a return; ``consents`` the prosecutors who have agreed in it, ``consenting`` the office
    whose consent is asked if it is not the one that supervises the case.

    ``secret`` motions are visible to the officers of :class:`Admission` only. ``subject`` is the person whom the motion
    is about, as it was filed; ``defence`` opens it to counsel of that person. ``valid_until`` is the end of the
    sanction, ``warn_at`` the next warning before it, ``ended_at`` when it ended early or at its end; ``appeal_until``
    the last instant of the term of appeal; ``close_at`` the instant after which the watch closes it, empty while other
    conditions are open. ``earlier`` is the motion whose sanction this one extends, ends or replaces. ``search`` is the
    text for searches, kept by the database (``workflows.motions.search``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="motions")
    subject = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    kind = models.SlugField(_("kind"), max_length=40)
    catalogue = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    revision = models.PositiveIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1)
    consents = models.PositiveSmallIntegerField(default=0)
    payload = models.JSONField(default=dict)
    secret = models.BooleanField(_("secret"), default=False)
    defence = models.BooleanField(_("open to the defence"), default=False)
    on_paper = models.BooleanField(_("on paper"), default=False)
    earlier = models.ForeignKey("self", models.PROTECT, related_name="later", null=True)
    outcome = models.SlugField(_("outcome"), max_length=40, blank=True)

    author = models.ForeignKey(Post, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    prosecution = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    consenting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    judge = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True)
    number = models.CharField(_("court number"), max_length=40, unique=True, null=True)
    appellate_court = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    appellate_judge = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True)
    appeal_number = models.CharField(_("number in the appeal court"), max_length=40, unique=True, null=True)

    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    hearing_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    appeal_until = models.DateTimeField(null=True)
    close_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    due_at_once = models.BooleanField(default=False)
    last_act = models.ForeignKey("Act", models.PROTECT, related_name="+", null=True)
    search = models.TextField(default="", editable=False)

    objects = MotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("motion")
        verbose_name_plural = _("motions")
        indexes: ClassVar = [
            models.Index(fields=["prosecution", "-created_at", "-id"], name="motion_of_prosecution"),
            models.Index(
                fields=["consenting", "-created_at", "-id"],
                name="motion_of_consenting",
                condition=Q(consenting__isnull=False),
            ),
            models.Index(fields=["court", "judge", "-created_at", "-id"], name="motion_of_judge"),
            models.Index(fields=["organisation", "-created_at", "-id"], name="motion_of_organisation"),
            models.Index(fields=["court", "-created_at", "-id"], name="motion_of_court"),
            models.Index(fields=["organisation", "state", "next_due_at"], name="motion_waits_in_body"),
            models.Index(fields=["prosecution", "state", "next_due_at"], name="motion_waits_in_office"),
            models.Index(fields=["court", "state", "next_due_at"], name="motion_waits_in_court"),
            models.Index(fields=["next_due_at"], name="motion_due", condition=Q(next_due_at__isnull=False)),
            models.Index(
                fields=["valid_until"],
                name="motion_runs_out",
                condition=Q(valid_until__isnull=False, ended_at__isnull=True),
            ),
            models.Index(fields=["judge", "decided_at"], name="motion_load_of_judge", condition=Q(judge__isnull=False)),
            models.Index(fields=["warn_at"], name="motion_to_warn", condition=Q(warn_at__isnull=False)),
            models.Index(fields=["close_at"], name="motion_to_close", condition=Q(close_at__isnull=False)),
            models.Index(fields=["id"], name="motion_to_assign", condition=Q(state=State.REGISTERED)),
            models.Index(fields=["decided_at"], name="motion_to_deliver", condition=Q(state=State.DECIDED)),
            models.Index(fields=["id"], name="motion_to_send_up", condition=Q(appeal_state=AppealState.FILED)),
            models.Index(
                fields=["id"], name="motion_to_assign_on_appeal", condition=Q(appeal_state=AppealState.SENT_UP)
            ),
            models.Index(
                fields=["appellate_court", "appellate_judge", "-created_at", "-id"],
                name="motion_on_appeal",
                condition=Q(appellate_court__isnull=False),
            ),
            GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="motion_search"),
        ]
        triggers: ClassVar = guards.OF_MOTION

    def __str__(self) -> str:
        return self.number or f"{self.kind} {self.case_id}"

    def is_open_to(self, post: Post) -> bool:
        """Whether ``post`` may open the motion with everything that it holds; one query."""
        return Motion.objects.visible_to(post).filter(pk=self.pk).exists()

    @property
    def chain(self) -> str:
        """The chain of the audit log for entries visible to all who see the motion."""
        return f"motion:{self.pk}"

    @property
    def is_editable(self) -> bool:
        """Whether its author may still change its content: not filed yet, or returned to him."""
        return self.state in EDITABLE

    @property
    def kind_entry(self) -> Kind:
        """The kind in the catalogue version under which the motion was filed."""
        return catalogue(self.catalogue_id).kinds[self.kind]


class Attachment(UnnamedModel):
    """A document of the case attached to a motion, under the requirement of the catalogue that it meets.

    ``filed_by`` is the act that states it: the motion, or a supplement to it.
    """

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="attachments")
    document = models.ForeignKey(Document, models.PROTECT, related_name="attachments")
    requirement = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    filed_by = models.ForeignKey("Act", models.PROTECT, related_name="attachments", null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["motion", "position"], name="attachment_position_once")
        ]
        triggers: ClassVar = [
            guards.stays(guards.ONCE_STATED),
            Fixed("motion", "document", "requirement", "position"),
            SetOnce("filed_by"),
        ]


class Act(models.Model):
    """A signed, immutable statement by one officer (or, sealed, by the service) that moves a motion one step.

    ``act_json`` are the signed bytes, ``cms`` the detached CAdES over them as received. ``signature_sha256`` is the
    digest of the bare signature value: the same signature is never accepted twice, whatever else its CMS carries.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, related_name="acts")
    position = models.PositiveIntegerField()
    type = ActTypeField()
    version = models.PositiveSmallIntegerField()
    from_state = models.CharField(max_length=24)
    to_state = models.CharField(max_length=24)
    from_appeal = models.CharField(max_length=16, default=AppealState.NONE)
    to_appeal = models.CharField(max_length=16, default=AppealState.NONE)
    author = models.ForeignKey(Post, models.PROTECT, related_name="+", null=True)
    author_text = models.CharField(max_length=300)
    payload = models.JSONField()
    act_json = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    cms = models.BinaryField()
    cms_sha256 = models.CharField(max_length=64, unique=True)
    signature_sha256 = models.CharField(max_length=64, unique=True)
    report = models.JSONField()
    pdf = models.ForeignKey(Blob, models.PROTECT, related_name="+", null=True)
    previous = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    performed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        ordering: ClassVar = ["motion", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["motion", "position"], name="act_position_once")]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.performed_at:%Y-%m-%d %H:%M}"

    @cached_property
    def stated(self) -> dict[str, Any]:
        """The signed content, read from ``act.json``. Raises ``RowAltered`` for altered bytes or columns."""
        content = bytes(self.act_json)
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise RowAltered([altered_row(f"{self._meta.db_table} {self.pk}", "act_json")])
        stated: dict[str, Any] = json.loads(content)
        if stated["payload"] != self.payload or stated["act"]["type"] != self.type:
            raise RowAltered([altered_row(f"{self._meta.db_table} {self.pk}", "payload")])
        return stated

    def author_in(self, language: str | None = None) -> str:
        """The name as it was frozen, and the body in ``language`` (empty: the reader's); or the service's own name."""
        name, comma, body = self.author_text.partition(", ")
        return f"{name}{comma}{self.author.organisation.name(language) if self.author and comma else body}"


class PreparedAct(UnnamedModel):
    """An act ready for signing: frozen bytes, a frozen PDF, and a challenge that expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey(Motion, models.CASCADE, related_name="prepared")
    type = ActTypeField()
    author = models.ForeignKey(Post, models.PROTECT, related_name="+")
    payload = models.JSONField()
    act_json = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    pdf = models.ForeignKey(Blob, models.PROTECT, related_name="+", null=True)
    motion_revision = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    performed_at = models.DateTimeField(null=True)

    # The mark of trust (``ecase.trust.services``), if it was read with the row.
    read_marks: tuple[Any, ...] = ()

    class Meta:
        triggers: ClassVar = [
            NeverDeleted(condition=pgtrigger.Q(old__performed_at__isnull=False)),
            Fixed("motion", "type", "author", "payload", "act_json", "sha256", "pdf", "motion_revision", "created_at"),
            SetOnce("performed_at"),
        ]


class PendingSignature(models.Model):
    """A signature that cannot be verified yet: it is neither accepted nor refused.

    ``evidence``: what has been fetched so far. ``missing``: what has not, in English. ``next_try_at``: the next
    attempt, until it is ``settled_at``; ``show_at``: when a person must be notified, ``shown_at``: when that was done.
    ``problems``: why it was refused in the end; empty if it was accepted.
    """

    prepared = models.OneToOneField(PreparedAct, models.PROTECT, related_name="pending")
    cms = models.BinaryField()
    evidence = models.BinaryField(null=True)
    missing = models.JSONField(default=list)
    received_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)
    next_try_at = models.DateTimeField()
    show_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    problems = models.JSONField(default=list)

    class Meta:
        verbose_name = _("signature that waits")
        verbose_name_plural = _("signatures that wait")
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], name="signature_to_try", condition=Q(settled_at=None)),
            models.Index(fields=["show_at"], name="signature_to_show", condition=Q(settled_at=None, shown_at=None)),
        ]
        triggers: ClassVar = [NeverDeleted(), Fixed("prepared", "cms", "received_at"), SetOnce("settled_at")]

    def __str__(self) -> str:
        return f"{self.prepared_id} {self.received_at:%Y-%m-%d %H:%M}"


class OpeningQuerySet(models.QuerySet["Opening"]):
    def current(self) -> "OpeningQuerySet":
        """The openings of the motions' present content: of the last version, with everything added to it since."""
        brought = Act.objects.filter(motion=OuterRef("motion"), type__in=BRING_MATERIALS).order_by("-position")
        return self.filter(position__gte=Coalesce(Subquery(brought.values("position")[:1]), 0))


class Opening(UnnamedModel):
    """A record that a post's officer opened the materials of a motion as they were then, and when first.

    ``version`` is the version of the motion that he opened, ``position`` that of the last act that had added anything
    to it (0 for a draft): a new version, a supplement or a correction must be opened separately.
    """

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="openings")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role)
    version = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()

    objects = OpeningQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["motion", "officer", "role", "position"], name="opening_once_as_it_was")
        ]
        triggers: ClassVar = [
            guards.stays(guards.ONCE_FILED),
            Fixed("motion", "officer", "role", "version", "position", "opened_at"),
        ]


class Admission(models.Model):
    """An officer's admission to a secret motion, and who gave it. Never revoked: what was seen cannot be unseen."""

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="admissions")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    admitted_by = models.ForeignKey(Post, models.PROTECT, related_name="+", null=True)
    admitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
        constraints: ClassVar = [models.UniqueConstraint(fields=["motion", "officer"], name="admitted_once")]
        indexes: ClassVar = [models.Index(fields=["officer", "motion"])]
        triggers: ClassVar = [guards.stays(guards.ONCE_FILED), Fixed("motion", "officer", "admitted_by", "admitted_at")]

    def __str__(self) -> str:
        return f"{self.officer} {self.admitted_at:%Y-%m-%d %H:%M}"


class ActDraft(UnnamedModel):
    """An officer's input for an act that is not prepared yet, saved so that it is not lost."""

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="act_drafts")
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    type = ActTypeField()
    payload = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["motion", "post", "type"], name="act_draft_once")]
