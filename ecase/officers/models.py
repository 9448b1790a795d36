"""Organisations, officers (natural persons known by IIN), the posts they hold, duty rosters, tokens."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from ecase.base import UnnamedModel
from ecase.constraints import forbid_overlap
from ecase.officers.names import NameKey

TWELVE_DIGITS = RegexValidator(r"^[0-9]{12}\Z", _("Twelve digits are expected."))


class Role(models.TextChoices):
    """The powers of a post."""

    INVESTIGATOR = "investigator", _("investigator")
    HEAD_OF_UNIT = "head_of_unit", _("head of unit")
    PROSECUTOR = "prosecutor", _("prosecutor")
    JUDGE = "judge", _("investigating judge")
    COURT_CHAIR = "court_chair", _("chair of the court")
    CLERK = "clerk", _("clerk")
    DEFENDER = "defender", _("defender")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class Organisation(models.Model):
    """An investigation body, a prosecutor's office, a court: known by its BIN."""

    class Kind(models.TextChoices):
        INVESTIGATION = "investigation", _("investigation body")
        INQUIRY = "inquiry", _("inquiry body")
        PROSECUTION = "prosecution", _("prosecutor's office")
        COURT = "court", _("court")
        BAR = "bar", _("bar association")
        FACILITY = "facility", _("place of custody")
        OPERATOR = "operator", _("operator of the service")

    class Level(models.TextChoices):
        """The rank of an organisation among organisations of its kind."""

        DISTRICT = "district", _("district")
        OBLAST = "oblast", _("oblast")
        NATIONAL = "national", _("national")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bin = models.CharField(_("BIN"), max_length=12, unique=True, validators=[TWELVE_DIGITS])
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.DISTRICT)
    code = models.SlugField(
        _("code"), max_length=16, unique=True, help_text=_("Used in numbers, such as a court's code.")
    )
    name_kk = models.CharField(_("name in Kazakh"), max_length=250)
    name_ru = models.CharField(_("name in Russian"), max_length=250)
    name_en = models.CharField(_("name in English"), max_length=250)
    place_kk = models.CharField(_("place in Kazakh"), max_length=100)
    place_ru = models.CharField(_("place in Russian"), max_length=100)
    place_en = models.CharField(_("place in English"), max_length=100)
    hears_immunity = models.BooleanField(_("hears motions on persons with immunity"), default=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("higher body"), null=True, blank=True, related_name="children"
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar = ["name_en"]

    def __str__(self) -> str:
        return self.name()

    def name(self, language: str | None = None) -> str:
        """The name in ``language`` (kk, ru, en), by default the active one."""
        return str(getattr(self, f"name_{(language or get_language() or 'en')[:2]}"))

    def above(self, level: str) -> "Organisation | None":
        """This organisation or the nearest above it at ``level``; None if there is none."""
        found: Organisation | None = self
        while found is not None and found.level != level:
            found = found.parent
        return found

    def place(self, language: str | None = None) -> str:
        """Town or district in ``language``, by default the active one."""
        return str(getattr(self, f"place_{(language or get_language() or 'en')[:2]}"))


class Sex(models.TextChoices):
    """The grammatical gender in which a name is declined."""

    FEMALE = "female", _("female")
    MALE = "male", _("male")


class Named(models.Model):
    """A natural person's name, in the nominative and in parts."""

    surname = models.CharField(_("surname"), max_length=100)
    given_name = models.CharField(_("given name"), max_length=100)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    sort_key = models.GeneratedField(
        expression=NameKey("surname", "given_name", "patronymic"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    class Meta:
        abstract = True
        ordering: ClassVar = ["sort_key", "pk"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """Surname and initials, as documents name an official."""
        initials = "".join(f"{part[0]}." for part in (self.given_name, self.patronymic) if part)
        return f"{self.surname} {initials}".strip()


class OfficerManager(BaseUserManager["Officer"]):
    """Officers, with the IIN as their natural key."""


class Officer(Named, AbstractBaseUser):  # type: ignore[django-manager-missing]
    """A natural person who signs. There is no password: officers sign in with a certificate that carries their IIN."""

    password = None  # type: ignore[assignment]
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    iin = models.CharField(_("IIN"), max_length=12, unique=True, validators=[TWELVE_DIGITS])
    language = models.CharField(_("language"), max_length=2, default="kk")
    active = models.BooleanField(_("has access"), default=True)

    USERNAME_FIELD = "iin"
    REQUIRED_FIELDS: ClassVar = ["surname", "given_name"]
    objects: ClassVar[OfficerManager] = OfficerManager()

    class Meta(Named.Meta):
        verbose_name = _("officer")
        verbose_name_plural = _("officers")

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.active

    def has_usable_password(self) -> bool:
        """Always false, so that the admin offers no password to change."""
        return False

    def get_short_name(self) -> str:
        """The name in the admin's greeting, instead of the IIN."""
        return self.short_name

    @cached_property
    def is_staff(self) -> bool:
        """Whether the officer holds the administrator's post now (read by Django's admin)."""
        return self.active and self.posts.current().filter(role=Role.ADMINISTRATOR).exists()

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """Administrators have all permissions of the admin, which covers reference data only."""
        return self.is_staff

    has_module_perms = has_perm


class PostQuerySet(models.QuerySet["Post"]):
    def current(self, at: datetime | None = None) -> "PostQuerySet":
        """Posts that are held at the instant ``at``, by default now."""
        at = at or timezone.now()
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=at), valid_from__lte=at, officer__active=True)


class Post(models.Model):  # type: ignore[django-manager-missing]
    """A role in an organisation from a date to a date. Officers always act in a post."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="posts", verbose_name=_("officer"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name=_("organisation"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    valid_from = models.DateTimeField(_("held from"), default=timezone.now)
    valid_to = models.DateTimeField(_("held until"), null=True, blank=True)

    objects: ClassVar[models.Manager["Post"]] = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes: ClassVar = [models.Index(fields=["organisation", "role"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="post_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from"))
            ),
            forbid_overlap("post_held_once_at_a_time", "officer", "organisation", "role"),
        ]

    def __str__(self) -> str:
        return f"{self.officer} — {self.title}, {self.organisation}"

    @property
    def title(self) -> str:
        """The role's title: a judge of a court above is no investigating judge."""
        is_above = self.role == Role.JUDGE and self.organisation.level != Organisation.Level.DISTRICT
        return gettext("judge") if is_above else str(self.get_role_display())

    def is_current(self, at: datetime | None = None) -> bool:
        """Whether the post is held at ``at``, by default now."""
        at = at or timezone.now()
        return self.officer.active and self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    def as_actor(self) -> dict[str, str]:
        """How audit entries and acts name the actor: frozen text in addition to the ids."""
        return {
            "officer": str(self.officer_id),
            "name": self.officer.full_name,
            "post": str(self.pk),
            "role": self.role,
            "organisation": self.organisation.bin,
        }


class DutyShift(models.Model):
    """A row of a duty roster: who is called first (rank 1), second, ... in an organisation between two instants.

    ``takes_over`` marks shifts of nights and holidays: while one runs, new motions go only to those on duty.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="shifts", verbose_name=_("post"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    takes_over = models.BooleanField(
        _("takes over"), default=False, help_text=_("While this shift runs, what arrives is for those on duty only.")
    )

    class Meta:
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty rosters")
        ordering: ClassVar = ["starts_at", "rank"]
        constraints: ClassVar = [
            models.CheckConstraint(name="shift_ends_after_it_begins", condition=Q(ends_at__gt=models.F("starts_at")))
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.starts_at:%Y-%m-%d %H:%M}"


class Absence(models.Model):
    """The holder of a post cannot act from one instant to another, or (``ends_at`` empty) until further notice."""

    class Ground(models.TextChoices):
        ILLNESS = "illness", _("illness")
        LEAVE = "leave", _("leave")
        OTHER = "other", _("other absence")

    post = models.ForeignKey(Post, models.PROTECT, related_name="absences", verbose_name=_("post"))
    ground = models.CharField(_("ground"), max_length=8, choices=Ground)
    starts_at = models.DateTimeField(_("starts"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering: ClassVar = ["-starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="absence_ends_after_it_begins", condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.starts_at:%Y-%m-%d %H:%M}"


class Challenge(UnnamedModel):
    """Bytes to be signed for signing in: used once, valid for a few minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    to_sign = models.BinaryField()
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)


class Token(AbstractAuthToken):
    """A REST client's access token: random, stored as a hash, short-lived, revocable, bound to one post."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="tokens")


class Session(AbstractBaseSession):
    """A session of the portal, with the columns that its owner is shown.

    ``seen_at`` is the last activity, to the minute; ``agent`` is the browser's own description. ``officer`` and
    ``post`` stay empty until a post is chosen.
    """

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="sessions", null=True)
    post = models.ForeignKey(Post, models.CASCADE, related_name="sessions", null=True)
    opened_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    agent = models.CharField(max_length=200, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Django's database store, over this table."""
        from ecase.officers.session_store import SessionStore

        return SessionStore
