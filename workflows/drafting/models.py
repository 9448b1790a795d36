"""The assistant's suggestions, verbatim, and how much of each was signed."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit.append_only import AppendOnly
from ecase.cases.models import Language
from ecase.instants import format_instant
from ecase.officers.models import Post
from workflows.motions.models import Act, Motion


class Suggestion(models.Model):
    """A machine-made text for one outcome that a judge has chosen; never an act, never changed.

    ``paragraphs`` is a list of ``{"part", "text", "source": {"kind", "ref", "label"}}``: ``part`` is introduction,
    description, reasoning or operative; ``kind`` is payload, norm, act, person or template. ``text`` is the reasoning,
    paragraphs divided by empty lines: what belongs in the decision's ``reasons`` (the paper states the other parts
    from the facts, and they are here to be compared with it); ``sha256`` is the digest of its UTF-8 bytes.
    ``inputs_sha256`` is that of the canonical JSON of all inputs. ``generated`` is the machine-readable
    mark of the Law on artificial intelligence, Art. 21, ``label`` the visible one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, related_name="suggestions")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    outcome = models.SlugField(_("outcome"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    generated = models.BooleanField(default=True, editable=False)
    label = models.CharField(_("label"), max_length=300)
    paragraphs = models.JSONField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    template_version = models.CharField(max_length=40)
    inputs_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="suggestion_is_marked_generated", condition=Q(generated=True)),
            models.UniqueConstraint(
                fields=["motion", "post", "outcome", "template_version", "inputs_sha256"], name="suggestion_once"
            ),
        ]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.label} {self.sha256[:12]}"

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, with the machine-readable mark next to the visible label."""
        return {
            "id": str(self.pk),
            "generated": self.generated,
            "label": self.label,
            "motion": str(self.motion_id),
            "outcome": self.outcome,
            "language": self.language,
            "paragraphs": self.paragraphs,
            "text": self.text,
            "sha256": self.sha256,
            "template_version": self.template_version,
            "inputs_sha256": self.inputs_sha256,
            "created_at": format_instant(self.created_at),
        }


class Survival(models.Model):
    """The share of a suggestion's words in the decision that was signed: 0 none, 1 all."""

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="survivals")
    act = models.OneToOneField(Act, models.PROTECT, related_name="+")
    share = models.FloatField(_("share that survived"))
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("survival of a suggestion")
        verbose_name_plural = _("survival of suggestions")
        constraints: ClassVar = [
            models.CheckConstraint(name="share_between_0_and_1", condition=Q(share__gte=0) & Q(share__lte=1))
        ]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.share:.0%}"
