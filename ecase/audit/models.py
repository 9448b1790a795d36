"""The audit log: entries in hash chains, the Merkle tree over all entries, and the signed checkpoints of the tree.

There is a chain per motion, case and officer, and the chain "system"; each is extended inside the transaction that it
records. One sequencer builds the tree after commit, ordered by ``(xid, id)`` below the oldest running transaction, so
that no entry is missed and no transaction waits for another one's commit (``docs/adr`` has the measurements).
"""

import json
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from ecase.audit.append_only import AppendOnly
from ecase.audit.fields import CurrentTransaction, TransactionIdField
from ecase.audit.guards import Guard, NeverDeleted
from ecase.base import UnnamedModel
from signatures.tlog.transparency import Record

CHAIN_LENGTH = 60


class Chain(models.Model):
    """The head of a chain: number and hash of its last entry. The lock on its row keeps the chain from forking."""

    name = models.CharField(_("chain"), max_length=CHAIN_LENGTH, primary_key=True)
    seq = models.BigIntegerField(_("number"))
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("chain")
        verbose_name_plural = _("chains")
        triggers: ClassVar = [
            NeverDeleted(),
            Guard(
                name="grows_by_one",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.name <> OLD.name OR NEW.seq <> OLD.seq + 1 OR NEW.prev IS DISTINCT FROM OLD.hash"
                ),
                func="""
                    RAISE EXCEPTION 'chain %: it grows by one entry after another', OLD.name
                        USING ERRCODE = 'integrity_constraint_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """A log entry. ``body`` are the exact canonical bytes (RFC 8785) that ``hash`` covers (:class:`Record`)."""

    chain = models.CharField(_("chain"), max_length=CHAIN_LENGTH)
    seq = models.BigIntegerField(_("number"))
    at = models.DateTimeField(_("time"))
    body = models.BinaryField()
    prev = models.BinaryField()
    hash = models.BinaryField()
    xid = TransactionIdField(db_default=CurrentTransaction())

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        constraints: ClassVar = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_chain_never_forks")]
        indexes: ClassVar = [models.Index(fields=["xid", "id"], name="audit_entry_order")]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"

    @property
    def record(self) -> Record:
        """The record that is hashed."""
        return Record(bytes(self.prev), self.chain, self.seq, bytes(self.body))

    @property
    def content(self) -> dict[str, Any]:
        """``event``, ``chain``, ``at``, ``actor``, ``subject`` and ``data``, as logged."""
        content: dict[str, Any] = json.loads(bytes(self.body))
        return content

    @property
    def event(self) -> str:
        """The event's name, such as ``act.performed``."""
        return str(self.content["event"])


class Node(UnnamedModel):
    """The hash of a perfect subtree of the log's tree; at level 0 a leaf, which represents an entry."""

    pk = models.CompositePrimaryKey("level", "position")
    level = models.SmallIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField()
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="leaf", null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="audit_leaf_has_its_entry",
                condition=models.Q(level=0, entry__isnull=False) | models.Q(level__gt=0, entry__isnull=True),
            )
        ]
        triggers: ClassVar = [AppendOnly()]


class Checkpoint(models.Model):
    """A signed statement (c2sp.org/tlog-checkpoint) of the number of leaves in the log and of their root."""

    size = models.BigIntegerField(_("entries"), primary_key=True)
    root = models.BinaryField()
    note = models.TextField(_("signed note"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering: ClassVar = ["-size"]
        constraints: ClassVar = [
            models.CheckConstraint(name="audit_checkpoint_is_signed", condition=~models.Q(note=""))
        ]
        triggers: ClassVar = [AppendOnly()]

    def __str__(self) -> str:
        return str(self.size)

    @property
    def origin(self) -> str:
        """The name of the log that signed it; it changes when the log continues after a restore."""
        return self.note.partition("\n")[0]


class RepeatedRefusal(UnnamedModel):
    """How often an equal attempt was refused since ``entered_at``, when it was last logged.

    ``key`` is the SHA-256 of ``content``: the entry's event, chain, actor, subject and data.
    """

    key = models.CharField(max_length=64, primary_key=True)
    content = models.JSONField()
    entered_at = models.DateTimeField(db_index=True)
    waiting = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["entered_at"], name="audit_refusal_waits", condition=models.Q(waiting__gt=0))
        ]
