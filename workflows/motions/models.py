"""Motions, the acts that move them, and what is about to be signed."""

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from ecase.audit.append_only import AppendOnly
from ecase.audit.models import Entry
from ecase.cases.models import Blob, Case, Document, Language
from ecase.officers.models import Officer, Organisation, Post, Role
from workflows.motions.states import FINAL_STATES, ActType, State
from workflows.statute.catalogue import catalogue
from workflows.statute.models import CatalogueVersion
from workflows.statute.schema import Kind

# Large columns of a motion's last act that no step reads.
UNREAD = ("last_act__act_json", "last_act__cms", "last_act__report", "last_act__payload")


class MotionQuerySet(models.QuerySet["Motion"]):
    def visible_to(self, post: Post) -> "MotionQuerySet":
        """The motions that ``post`` may open; an unknown role sees none.

        Investigators see the motions of their cases, heads of unit those of their body, prosecutors what has reached
        their office, judges what has been assigned to them, clerks what their court has registered.
        """
        if not post.is_current():
            return self.none()
        left = ~Q(state__in=[State.DRAFT, State.RETURNED])
        scopes: dict[str, Q] = {
            Role.INVESTIGATOR: Q(organisation=post.organisation_id, case__team__officer=post.officer_id),
            Role.HEAD_OF_UNIT: Q(organisation=post.organisation_id),
            Role.PROSECUTOR: Q(prosecution=post.organisation_id, submitted_at__isnull=False) & left,
            Role.JUDGE: Q(court=post.organisation_id, judge=post.officer_id),
            Role.CLERK: Q(court=post.organisation_id, registered_at__isnull=False),
        }
        scope = scopes.get(post.role)
        return self.none() if scope is None else self.filter(scope)

    def open(self) -> "MotionQuerySet":
        """Motions that have not come to their end."""
        return self.exclude(state__in=FINAL_STATES)


class Motion(models.Model):
    """A request for a sanction, on its way from investigator to prosecutor to investigating judge.

    ``state`` changes only inside ``perform``: the transition methods are called from there and nowhere else, and a
    database trigger refuses a change that ``last_act`` does not explain. ``revision`` grows with every change
    (the ETag); ``version`` counts re-submissions after a return.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="motions")
    kind = models.SlugField(_("kind"), max_length=40)
    catalogue = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    state = FSMField(_("state"), default=State.DRAFT, choices=State.choices, protected=True, max_length=24)
    revision = models.PositiveIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1)
    payload = models.JSONField(default=dict)
    outcome = models.SlugField(_("outcome"), max_length=40, blank=True)

    author = models.ForeignKey(Post, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    prosecution = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    judge = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True)
    number = models.CharField(_("court number"), max_length=40, unique=True, null=True)

    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    due_at_once = models.BooleanField(default=False)
    last_act = models.ForeignKey("Act", models.PROTECT, related_name="+", null=True)

    objects: ClassVar[models.Manager["Motion"]] = MotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("motion")
        verbose_name_plural = _("motions")
        indexes: ClassVar = [
            models.Index(fields=["prosecution", "-created_at", "-id"], name="motion_of_prosecution"),
            models.Index(fields=["court", "judge", "-created_at", "-id"], name="motion_of_judge"),
            models.Index(fields=["organisation", "-created_at", "-id"], name="motion_of_organisation"),
            models.Index(fields=["next_due_at"], name="motion_due", condition=Q(next_due_at__isnull=False)),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="state_needs_its_act",
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                func="""
                    IF NEW.last_act_id IS NOT DISTINCT FROM OLD.last_act_id OR NOT EXISTS (
                        SELECT 1 FROM motions_act WHERE id = NEW.last_act_id AND motion_id = NEW.id
                        AND from_state = OLD.state AND to_state = NEW.state
                    ) THEN
                        RAISE EXCEPTION 'motion %: no act explains % -> %', OLD.id, OLD.state, NEW.state
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="begins_as_draft",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state__df="draft"),
                func="RAISE EXCEPTION 'a motion begins as a draft' USING ERRCODE = 'integrity_constraint_violation';",
            ),
            pgtrigger.Protect(
                name="never_deleted_after_filing",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__last_act__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.kind} {self.case_id}"

    @property
    def kind_entry(self) -> Kind:
        """What the catalogue version under which the motion was filed says of its kind."""
        return catalogue(self.catalogue_id).kind(self.kind)

    # -- transitions: called by `perform` only ---------------------------------------------------------------------

    @transition(state, source=[State.DRAFT, State.RETURNED], target=State.SUBMITTED)
    def submit(self) -> None: ...

    @transition(state, source=State.SUBMITTED, target=State.AGREED)
    def agree(self) -> None: ...

    @transition(state, source=State.SUBMITTED, target=State.REFUSED_BY_PROSECUTOR)
    def refuse(self) -> None: ...

    @transition(state, source=State.SUBMITTED, target=State.RETURNED)
    def send_back(self) -> None: ...

    @transition(
        state,
        source=[State.SUBMITTED, State.AGREED, State.REGISTERED, State.ASSIGNED, State.HEARING],
        target=State.WITHDRAWN,
    )
    def withdraw(self) -> None: ...

    @transition(state, source=[State.SUBMITTED, State.AGREED], target=State.REGISTERED)
    def register(self) -> None: ...

    @transition(state, source=State.REGISTERED, target=State.ASSIGNED)
    def assign(self) -> None: ...

    @transition(state, source=State.ASSIGNED, target=State.HEARING)
    def order_hearing(self) -> None: ...

    @transition(state, source=[State.ASSIGNED, State.HEARING], target=State.DECIDED)
    def decide(self) -> None: ...

    @transition(state, source=State.DECIDED, target=State.DELIVERED)
    def deliver(self) -> None: ...

    @transition(state, source=State.DELIVERED, target=State.EXECUTED)
    def execute(self) -> None: ...

    @transition(state, source=[State.DELIVERED, State.EXECUTED], target=State.CLOSED)
    def close(self) -> None: ...

    @transition(state, source=[State.DECIDED, State.DELIVERED], target=State.EXPIRED)
    def expire(self) -> None: ...


class Attachment(models.Model):
    """A document of the case that a motion rests on, under the requirement of the catalogue that it meets."""

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="attachments")
    document = models.ForeignKey(Document, models.PROTECT, related_name="attachments")
    requirement = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["motion", "position"], name="attachment_position_once")
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.requirement}"


class Act(models.Model):
    """A signed, immutable statement by one officer (or, sealed, by the service) that moves a motion one step.

    ``act_json`` are the bytes that were signed, ``cms`` the detached CAdES over them as received. ``signature_sha256``
    is the digest of the bare signature value: the same signature never serves twice, whatever else its CMS carries.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, related_name="acts")
    position = models.PositiveIntegerField()
    type = models.CharField(max_length=20, choices=ActType)
    version = models.PositiveSmallIntegerField()
    from_state = models.CharField(max_length=24)
    to_state = models.CharField(max_length=24)
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


class PreparedAct(models.Model):
    """An act that waits for its signature: frozen bytes, a frozen PDF, and a challenge that expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey(Motion, models.CASCADE, related_name="prepared")
    type = models.CharField(max_length=20, choices=ActType)
    author = models.ForeignKey(Post, models.PROTECT, related_name="+")
    payload = models.JSONField()
    act_json = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    pdf = models.ForeignKey(Blob, models.PROTECT, related_name="+", null=True)
    motion_revision = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    performed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.sha256[:12]}"


class Opening(models.Model):
    """That a post's officer opened the materials of a motion, and when first: received, opened, decided."""

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="openings")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role)
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["motion", "officer", "role"], name="opening_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.opened_at:%Y-%m-%d %H:%M}"


class ActDraft(models.Model):
    """What an officer has typed for an act that is not prepared yet. Nothing typed is lost."""

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="act_drafts")
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    type = models.CharField(max_length=20, choices=ActType)
    payload = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["motion", "post", "type"], name="act_draft_once")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.updated_at:%Y-%m-%d %H:%M}"
