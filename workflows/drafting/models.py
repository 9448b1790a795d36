"""The assistant's suggestions, verbatim, and how much of each was signed."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.audit.append_only import AppendOnly
from ecase.cases.models import Language
from ecase.officers.models import Post
from workflows.drafting.differences import NORM, OWN, QUOTED, Piece
from workflows.motions.models import Act, Motion

# What makes suggestions as long as no model does.
TEMPLATE = "template"
# Whose words a paragraph is made of, for suggestions that were stored without their pieces.
_WORDS_OF = {"template": OWN, "norm": NORM}


class Suggestion(models.Model):
    """A machine-made text for one outcome that a judge has chosen; never an act, never changed.

    ``engine`` names what made it: a template. ``paragraphs`` is a list of ``{"part", "text", "pieces", "source":
    {"kind", "ref", "label"}}``: ``part`` is introduction, description, reasoning or operative; ``pieces`` are pairs of
    whose words (own, quoted, norm) and the words; ``kind`` is payload, norm, act, person or template. ``text`` is the
    reasoning, paragraphs divided by empty lines: what belongs in the decision's ``reasons`` (the paper states the
    other parts from the facts, and they are here to be compared with it); ``sha256`` is the digest of its UTF-8 bytes.
    ``inputs_sha256`` is that of the canonical JSON of all inputs. ``generated`` is the machine-readable
    mark of the Law on artificial intelligence, Art. 21, ``label`` the visible one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, related_name="suggestions")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    outcome = models.SlugField(_("outcome"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    engine = models.CharField(_("made by"), max_length=40, default=TEMPLATE)
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

    @property
    def pieces(self) -> list[Piece]:
        """The words of the reasoning in order, each piece with whose words it is."""
        found: list[Piece] = []
        for paragraph in self.paragraphs:
            if paragraph["part"] == "reasoning":
                whole = [[_WORDS_OF.get(paragraph["source"]["kind"], QUOTED), paragraph["text"]]]
                found += [(of, text) for of, text in paragraph.get("pieces", whole)]
        return found


class Survival(models.Model):
    """How many words of a suggestion stand in a decision of the judge who was shown it; ``used`` says that he names it.

    ``share`` is that of the suggestion's own words: 0 none, 1 all.
    """

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="survivals")
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    used = models.BooleanField(_("named by the decision"), default=True)
    share = models.FloatField(_("share that survived"))
    own_words = models.PositiveIntegerField(default=0)
    own_kept = models.PositiveIntegerField(default=0)
    quoted_words = models.PositiveIntegerField(default=0)
    quoted_kept = models.PositiveIntegerField(default=0)
    norm_words = models.PositiveIntegerField(default=0)
    norm_kept = models.PositiveIntegerField(default=0)
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("survival of a suggestion")
        verbose_name_plural = _("survival of suggestions")
        constraints: ClassVar = [
            models.CheckConstraint(name="share_between_0_and_1", condition=Q(share__gte=0) & Q(share__lte=1)),
            models.UniqueConstraint(fields=["act", "suggestion"], name="compared_once"),
        ]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.share:.0%}"
