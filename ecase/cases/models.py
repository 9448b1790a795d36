"""Criminal cases, the persons in them, the documents, and which officer has acted in which role."""

import uuid
from datetime import date
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit.append_only import AppendOnly
from ecase.audit.guards import Fixed, NeverDeleted
from ecase.cases import media
from ecase.cases.search import CASE_TEXT, PERSON_TEXT
from ecase.officers.models import TWELVE_DIGITS, Named, Officer, Organisation, Post, Role, Sex


class Language(models.TextChoices):
    """The languages of proceedings (CPC Art. 30), and English for documents abroad."""

    KAZAKH = "kk", _("Kazakh")
    RUSSIAN = "ru", _("Russian")
    ENGLISH = "en", _("English")


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, post: Post) -> "CaseQuerySet":
        """The cases that ``post`` may open; an unknown role sees none."""
        if not post.is_current():
            return self.none()
        scopes: dict[str, Q] = {
            Role.INVESTIGATOR: Q(team__officer=post.officer_id, organisation=post.organisation_id),
            Role.HEAD_OF_UNIT: Q(organisation=post.organisation_id),
            Role.PROSECUTOR: Q(prosecution=post.organisation_id),
            Role.DEFENDER: Q(pk__in=Counsel.objects.filter(officer=post.officer_id).values("case")),
        }
        scope = scopes.get(post.role)
        return self.none() if scope is None else self.filter(scope)


class Case(models.Model):
    """A criminal case, known by its number in the Unified Register of Pre-trial Investigations (ERDR)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("ERDR number"), max_length=32, unique=True)
    language = models.CharField(_("language of proceedings"), max_length=2, choices=Language, default=Language.KAZAKH)
    qualification = models.CharField(_("qualification"), max_length=250, help_text=_("Articles of the Criminal Code."))
    summary = models.TextField(_("summary"), blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="cases", verbose_name=_("investigation body")
    )
    prosecution = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("supervising prosecutor's office")
    )
    court = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("court"))
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[models.Manager["Case"]] = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering: ClassVar = ["-opened_at"]
        indexes: ClassVar = [GinIndex(OpClass(CASE_TEXT, "gin_trgm_ops"), name="case_search")]
        triggers: ClassVar = [NeverDeleted(), Fixed("number", "opened_at")]

    def __str__(self) -> str:
        return self.number

    @property
    def chain(self) -> str:
        """The case's chain in the audit log."""
        return f"case:{self.pk}"


class TeamMember(models.Model):
    """An investigator who works on a case; ``leads`` marks the leader of a group of several."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="team")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    leads = models.BooleanField(_("leads the group"), default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "officer"], name="team_member_once"),
            models.UniqueConstraint(fields=["case"], condition=models.Q(leads=True), name="one_leader_of_a_group"),
        ]

    def __str__(self) -> str:
        return f"{self.officer} — {self.case}"


class Identity(models.Model):
    """A natural person by IIN or a legal person by BIN, once, whatever cases they have a part in.

    Nothing is read across cases through it: that somebody is in a case of others is told to nobody (ADR 71).
    """

    class Form(models.TextChoices):
        NATURAL = "natural", _("natural person")
        LEGAL = "legal", _("legal person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form = models.CharField(_("natural or legal person"), max_length=7, choices=Form)
    number = models.CharField(_("IIN or BIN"), max_length=12, validators=[TWELVE_DIGITS])

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["form", "number"], name="identity_once")]
        triggers: ClassVar = [NeverDeleted(), Fixed("form", "number")]

    def __str__(self) -> str:
        return str(self.pk)


class Person(Named):
    """A participant of a case: the part of a natural or legal person in it, with their data as of then.

    ``iin``: of a legal person its BIN; ``identity`` follows from it and is empty without one. ``legal_name`` is the
    whole name of a legal person, of which ``surname`` keeps the beginning, to sort and to find it by.
    """

    class Capacity(models.TextChoices):
        SUSPECT = "suspect", _("suspect")
        VICTIM = "victim", _("victim")
        WITNESS = "witness", _("witness")
        OWNER = "owner", _("owner of property")
        DEFENDER = "defender", _("defender")
        LEGAL_REPRESENTATIVE = "legal_representative", _("legal representative")
        PROTECTED = "protected", _("protected person")
        BAILOR = "bailor", _("bailor")
        APPLICANT = "applicant", _("applicant")
        CIVIL_PLAINTIFF = "civil_plaintiff", _("civil plaintiff")
        SOUGHT = "sought", _("person sought for extradition")
        OTHER = "other", _("other participant")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="persons")
    external_id = models.CharField(_("id in the other system"), max_length=64, blank=True)
    form = models.CharField(
        _("natural or legal person"), max_length=7, choices=Identity.Form, default=Identity.Form.NATURAL
    )
    identity = models.ForeignKey(Identity, models.PROTECT, related_name="+", null=True, blank=True, editable=False)
    capacity = models.CharField(_("capacity"), max_length=24, choices=Capacity)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    legal_name = models.CharField(_("name of the legal person"), max_length=250, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    iin = models.CharField(_("IIN"), max_length=12, blank=True, validators=[TWELVE_DIGITS])
    paper = models.CharField(_("identity paper"), max_length=100, blank=True)
    citizenship = models.CharField(_("citizenship"), max_length=3, blank=True)
    address = models.CharField(_("residence"), max_length=250, blank=True)
    language = models.CharField(_("language"), max_length=60, blank=True)
    convictions = models.TextField(_("convictions"), max_length=2000, blank=True)
    represented_by = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="represents",
        verbose_name=_("legal representative"),
        null=True,
        blank=True,
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Named.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes: ClassVar = [GinIndex(OpClass(PERSON_TEXT, "gin_trgm_ops"), name="person_search")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "external_id"], condition=~Q(external_id=""), name="person_of_another_system_once"
            )
        ]

    @property
    def is_protected(self) -> bool:
        """Whether name, IIN, date of birth and address are hidden from all readers (CPC Art. 97)."""
        return self.capacity == self.Capacity.PROTECTED

    @property
    def is_legal(self) -> bool:
        return self.form == Identity.Form.LEGAL

    @property
    def mark(self) -> str:
        """Four digits of the id that distinguish protected persons of one case."""
        return str(self.pk)[:4].upper()

    @property
    def full_name(self) -> str:
        """The name as shown; for a protected person the capacity in the active language, and the mark."""
        if self.is_protected:
            return f"{self.get_capacity_display()} {self.mark}"
        return self.legal_name if self.is_legal else super().full_name

    @property
    def short_name(self) -> str:
        """Surname and initials; for a protected or legal person as :attr:`full_name`."""
        return self.full_name if self.is_protected or self.is_legal else super().short_name

    @property
    def born(self) -> date | None:
        """The date of birth as shown: ``None`` for a protected person."""
        return None if self.is_protected else self.birth_date

    @property
    def is_young(self) -> bool:
        """Whether the person is known to be a minor today; unknown of a protected one."""
        return not self.is_protected and self.is_minor(timezone.localdate())

    def is_minor(self, on: date) -> bool:
        """Whether a natural person of a known date of birth is under eighteen on this day."""
        grown = (self.birth_date.year + 18, self.birth_date.month, self.birth_date.day) if self.birth_date else None
        return grown is not None and (on.year, on.month, on.day) < grown


class Defence(models.Model):
    """That somebody defends or represents a person of a case, by a written notice of defence (CPC 68(8)).

    An advocate with access to the service (``officer``), or a relative beside an advocate (66(2)), who is a
    ``participant`` of the case. ``appointed``: by the body that conducts the case (67(3)), else chosen (68(1)).
    """

    class Relation(models.TextChoices):
        ADVOCATE = "advocate", _("advocate")
        SPOUSE = "spouse", _("spouse")
        CLOSE_RELATIVE = "close_relative", _("close relative")
        GUARDIAN = "guardian", _("guardian")
        ORGANISATION = "organisation", _("representative of the organisation that keeps the person")

    case = models.ForeignKey(Case, models.CASCADE, related_name="%(class)s")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, blank=True)
    participant = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="%(class)s")
    external_id = models.CharField(_("id in the other system"), max_length=64, blank=True)
    relation = models.CharField(_("who defends"), max_length=16, choices=Relation, default=Relation.ADVOCATE)
    appointed = models.BooleanField(_("appointed"), default=False)
    noticed_on = models.DateField(_("date of the written notice of defence"), null=True, blank=True)
    named_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} — {self.person}"

    @property
    def name(self) -> str:
        """The name of who defends."""
        return str(self.officer or self.participant)


class Counsel(Defence):
    """Who defends a person now. The row gives an advocate access; when the defence ends, it is moved, and access with
    it, to :class:`FormerCounsel`.
    """

    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Defence.Meta):
        abstract = False
        verbose_name = _("counsel")
        verbose_name_plural = _("counsel")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "officer"], name="counsel_once"),
            models.UniqueConstraint(fields=["person", "participant"], name="relative_defends_once"),
            models.UniqueConstraint(
                fields=["case", "external_id"], condition=~Q(external_id=""), name="counsel_of_another_system_once"
            ),
            models.CheckConstraint(
                name="counsel_is_an_advocate_or_a_participant",
                condition=Q(officer=None, participant__isnull=False) | Q(officer__isnull=False, participant=None),
            ),
        ]


class FormerCounsel(Defence):
    """Who has defended a person, and how it ended."""

    class End(models.TextChoices):
        REFUSED = "refused", _("refused by the person")
        REMOVED = "removed", _("removed")
        REPLACED = "replaced", _("replaced by another")
        MISTAKE = "mistake", _("entered by mistake")

    end = models.CharField(_("how it ended"), max_length=8, choices=End)
    reason = models.CharField(_("reason"), max_length=500)
    ended_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(default=timezone.now)

    class Meta(Defence.Meta):
        abstract = False
        ordering: ClassVar = ["-ended_at"]
        triggers: ClassVar = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update), NeverDeleted()]


class Correction(models.Model):
    """One field of a case or of one of its persons that was corrected: what it said, what it says, who, when, why."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="corrections")
    person = models.ForeignKey(Person, models.PROTECT, related_name="corrections", null=True)
    field = models.CharField(max_length=40)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    corrected_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-corrected_at", "-pk"]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.field}, {self.corrected_at:%Y-%m-%d %H:%M}"


class Blob(models.Model):
    """The bytes of a file, stored once under their SHA-256 (64 hex digits)."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update), NeverDeleted()]

    def __str__(self) -> str:
        return self.sha256


class Document(models.Model):
    """A file of a case: its name, its blob, who uploaded it and when.

    ``secret``: stored for a secret motion, and kept from the team of the case for ever, whether it is still attached
    or not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    uploaded_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    secret = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["uploaded_at"]
        triggers: ClassVar = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update), NeverDeleted()]

    def __str__(self) -> str:
        return self.name

    @property
    def is_signature(self) -> bool:
        """Whether it is a signature of somebody, which can be checked."""
        return bool(self.blob.media_type == media.CMS)


class Upload(models.Model):
    """A file that is being received in pieces: ``offset`` of ``size`` bytes are there, in ``storage.INCOMING``.

    ``target``: what it will be stored for, ids by name. ``taken_at``: since when a process stores the complete file.
    The row ends with the upload.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    target = models.JSONField()
    name = models.CharField(max_length=250)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    taken_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.offset} of {self.size}"


class Participation(models.Model):
    """That an officer has acted in a case in a role. One role per case, permanently: an investigator never judges."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="participations")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="participations")
    role = models.CharField(max_length=16, choices=Role)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "officer"], name="one_role_in_a_case")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.officer} — {self.get_role_display()}"
