"""Attempts are counted when they start; positions are a subscription's own; a circuit breaker for each receiver.

What was posted before keeps the position that its receiver has seen; new positions go on from there.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

POSITIONS = """
    UPDATE outbox_message SET position = id WHERE subscription_id IS NOT NULL AND attempts > 0;
    UPDATE outbox_subscription SET last_position = COALESCE(
        (SELECT max(position) FROM outbox_message WHERE subscription_id = outbox_subscription.id), 0
    );
    UPDATE outbox_message SET state = 'pending', attempts = greatest(attempts - 1, 0), lease_until = NULL
    WHERE state = 'leased' AND started_at IS NULL;
    UPDATE outbox_message SET claims = attempts;
    -- What the updates have queued would keep the indexes below from being made.
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("outbox", "0003_rows_that_stay")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="message", name="outbox_due"),
        migrations.AddField("message", "claims", models.PositiveIntegerField(default=0)),
        migrations.AddField("message", "position", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("message", "reported_at", models.DateTimeField(null=True)),
        migrations.AddField("subscription", "last_position", models.PositiveBigIntegerField(default=0, editable=False)),
        migrations.AddField(
            "subscription",
            "failures",
            models.PositiveIntegerField("failures in a row", default=0, editable=False),
        ),
        migrations.AddField(
            "subscription", "paused_until", models.DateTimeField("paused until", null=True, editable=False)
        ),
        migrations.RunSQL(POSITIONS, migrations.RunSQL.noop),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["subscription", "next_attempt_at", "id"],
                name="outbox_due",
                condition=Q(state="pending", channel="webhook"),
            ),
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["subscription", "lease_until"],
                name="outbox_in_flight",
                condition=Q(state__in=("pending", "leased"), lease_until__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "message", models.Index(fields=["id"], name="outbox_given_up", condition=Q(state="dead"))
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["id"], name="outbox_to_report", condition=Q(state="dead", reported_at__isnull=True)
            ),
        ),
        migrations.AddIndex("message", models.Index(fields=["key"], name="outbox_of_key")),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["organisation", "key"],
                name="outbox_answered",
                condition=Q(channel="webhook", state="delivered"),
            ),
        ),
        migrations.AddConstraint(
            "message",
            models.UniqueConstraint(
                fields=("subscription", "position"), name="outbox_position_once", condition=Q(position__isnull=False)
            ),
        ),
    ]
