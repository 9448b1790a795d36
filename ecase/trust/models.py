"""Trusted certificates, the certificate rules of each role, and stored evidence.

The folder ``ECASE_TRUST_DIR`` is the seed: its certificates are trusted as well. Administrators maintain the rows, and
each change is in the audit log.
"""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecase.base import UnnamedModel
from signatures.x509.facts import KEY_USAGES
from signatures.x509.trust_policy import PURPOSES

OID = RegexValidator(r"^[0-2](\.\d+)+$", _("An object identifier is expected, for example 1.2.398.3.3.4.1.2."))
_COUNTED = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


class _Counts(pgtrigger.Trigger):
    """Every change sets a new revision of trust, by which each process detects that it has to reload.

    The revision is random and not counted: a number that was rolled back would come again, for other rows.
    """

    level = pgtrigger.Statement
    when = pgtrigger.After
    func = """
        INSERT INTO trust_revision (id, mark) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET mark = EXCLUDED.mark;
        RETURN NULL;
    """


class Revision(UnnamedModel):
    """The current revision of trust: one row."""

    mark = models.UUIDField()


class TrustedCertificate(models.Model):
    """An authority, or a seal of the service, that is trusted from one instant until another.

    ``purpose`` must be that of the trust folder for the row to count: a test authority never counts in production.
    """

    class Use(models.TextChoices):
        AUTHORITY = "authority", _("authority that issues certificates")
        SEAL = "seal", _("seal of the service")

    pem = models.TextField(_("certificate (PEM)"))
    sha256 = models.CharField("SHA-256", max_length=64, unique=True, editable=False)
    subject = models.CharField(_("subject"), max_length=500, editable=False)
    use = models.CharField(_("use"), max_length=10, choices=Use)
    purpose = models.CharField(_("purpose"), max_length=10, choices=[(purpose, purpose) for purpose in PURPOSES])
    valid_from = models.DateTimeField(_("trusted from"), default=timezone.now)
    valid_to = models.DateTimeField(_("trusted until"), null=True, blank=True)
    note = models.TextField(_("on what ground"), blank=True)

    class Meta:
        verbose_name = _("trusted certificate")
        verbose_name_plural = _("trusted certificates")
        ordering: ClassVar = ["use", "subject", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")), name="trusted_for_a_time"
            )
        ]
        triggers: ClassVar = [_Counts(name="certificate_counts", operation=_COUNTED)]

    def __str__(self) -> str:
        return f"{self.subject} {self.sha256[:12]}"


class _Remembered(pgtrigger.Trigger):
    """Every change of a rule is stored with its time: older signatures are judged by the rule of their own time."""

    level = pgtrigger.Row
    when = pgtrigger.After
    func = """
        IF TG_OP = 'DELETE' THEN
            INSERT INTO trust_rulechange (role, since, usual, extended_key_usages, policies, key_usages)
            VALUES (OLD.role, clock_timestamp(), true, '{}', '{}', '{}');
            RETURN NULL;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.role <> NEW.role THEN
            INSERT INTO trust_rulechange (role, since, usual, extended_key_usages, policies, key_usages)
            VALUES (OLD.role, clock_timestamp(), true, '{}', '{}', '{}');
        END IF;
        INSERT INTO trust_rulechange (role, since, usual, extended_key_usages, policies, key_usages)
        VALUES (NEW.role, clock_timestamp(), false, NEW.extended_key_usages, NEW.policies, NEW.key_usages);
        RETURN NULL;
    """


class SignerRule(models.Model):
    """What the certificate of a signer in a role must be for; a role without a rule follows the settings.

    ``role``: a post's. ``extended_key_usages``: the certificate must have one of them. ``policies``: it must have one
    of them; empty for the national ones. ``key_usages``: it must have each of them, in addition to nonRepudiation,
    which is always required.
    """

    role = models.SlugField(_("role"), max_length=16, unique=True)
    extended_key_usages = ArrayField(
        models.CharField(max_length=100, validators=[OID]),
        verbose_name=_("extended key usages, one of which is needed"),
    )
    policies = ArrayField(
        models.CharField(max_length=100, validators=[OID]),
        verbose_name=_("certificate policies, one of which is needed"),
        default=list,
        blank=True,
    )
    key_usages = ArrayField(
        models.CharField(max_length=32, choices=[(name, name) for name in KEY_USAGES]),
        verbose_name=_("key usages, all of which are needed"),
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = _("rule for signers")
        verbose_name_plural = _("rules for signers")
        ordering: ClassVar = ["role"]
        triggers: ClassVar = [
            _Counts(name="rule_counts", operation=_COUNTED),
            _Remembered(name="rule_remembered", operation=_COUNTED),
        ]

    def __str__(self) -> str:
        return self.role


class RuleChange(UnnamedModel):
    """The rule of a role since an instant; ``usual``: none of its own. Written by the trigger of ``SignerRule``."""

    role = models.CharField(max_length=16)
    since = models.DateTimeField()
    usual = models.BooleanField()
    extended_key_usages = ArrayField(models.CharField(max_length=100))
    policies = ArrayField(models.CharField(max_length=100))
    key_usages = ArrayField(models.CharField(max_length=32), default=list)

    class Meta:
        ordering: ClassVar = ["since", "pk"]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class EvidenceRecord(UnnamedModel):
    """The evidence of one signature (``signatures.Evidence``), by the digest of the bare signature value.

    ``fades_at``: when the evidence expires unless it is renewed before; ``None`` if nothing proves the signature.
    ``tried_at``: when its renewal was last tried.
    """

    signature_sha256 = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()
    fades_at = models.DateTimeField(null=True, db_index=True)
    made_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)


class AwaitedEvidence(UnnamedModel):
    """A seal of the service whose evidence is still to be fetched; deleted when the evidence is complete and stored.

    ``data``: the evidence that attempts so far have got (``signatures.Evidence``). ``tries`` and ``next_try_at`` claim
    an attempt.
    """

    signature_sha256 = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()
    sealed_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(db_index=True)
    missing = ArrayField(models.TextField(), default=list)


class Answer(UnnamedModel):
    """A fetched revocation list or OCSP response, kept while it is fresh. It is verified again at every use."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.BinaryField()
    until = models.DateTimeField(db_index=True)
