from django.db import migrations, models

# What was opened is what the motion held then: the last act before it that had brought anything.
BELONG = """
    UPDATE motions_opening SET version = brought.version, position = brought.position
    FROM (
        SELECT opening.id, act.version, act.position FROM motions_opening opening CROSS JOIN LATERAL (
            SELECT version, position FROM motions_act
            WHERE motion_id = opening.motion_id AND type IN ('motion', 'supplement', 'correction')
            AND performed_at <= opening.opened_at ORDER BY position DESC LIMIT 1
        ) act
    ) brought
    WHERE brought.id = motions_opening.id
"""


class Migration(migrations.Migration):
    dependencies = [("motions", "0007_leaving_an_appeal")]

    operations = [
        migrations.AddField(
            model_name="opening", name="version", field=models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddField(model_name="opening", name="position", field=models.PositiveIntegerField(default=0)),
        migrations.RunSQL(BELONG, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="opening", name="opening_once"),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.UniqueConstraint(
                fields=("motion", "officer", "role", "position"), name="opening_once_as_it_was"
            ),
        ),
    ]
