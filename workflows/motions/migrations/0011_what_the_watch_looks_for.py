"""An index for what each duty of the watch looks for; the instant after which a motion is closed is a column.

Motions that only time may keep from being closed get their instant; where more is missing the watch finds that out, and
empties the column again.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

CLOSE_AT = """
    UPDATE motions_motion SET close_at = COALESCE(appeal_until, now())
    WHERE state IN ('delivered', 'executed') AND valid_until IS NULL
    AND appeal_state NOT IN ('filed', 'late', 'sent_up', 'with_judge');
    -- What the update has queued would keep the indexes below from being made.
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("motions", "0010_rows_that_stay")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="motion", name="motion_to_finish"),
        migrations.AddField("motion", "close_at", models.DateTimeField(null=True)),
        migrations.RunSQL(CLOSE_AT, migrations.RunSQL.noop),
        migrations.AddIndex(
            "motion",
            models.Index(fields=["close_at"], name="motion_to_close", condition=Q(close_at__isnull=False)),
        ),
        migrations.AddIndex(
            "motion", models.Index(fields=["id"], name="motion_to_assign", condition=Q(state="registered"))
        ),
        migrations.AddIndex(
            "motion", models.Index(fields=["decided_at"], name="motion_to_deliver", condition=Q(state="decided"))
        ),
        migrations.AddIndex(
            "motion", models.Index(fields=["id"], name="motion_to_send_up", condition=Q(appeal_state="filed"))
        ),
        migrations.AddIndex(
            "motion",
            models.Index(fields=["id"], name="motion_to_assign_on_appeal", condition=Q(appeal_state="sent_up")),
        ),
    ]
