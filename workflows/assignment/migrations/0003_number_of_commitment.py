from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
        ('assignment', '0002_rosters_and_weighted_draws'),
    ]

    operations = [
        migrations.AddField(
            model_name='commitment',
            name='number',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.RunSQL(
            """
            UPDATE assignment_commitment SET number = entry.seq
            FROM audit_entry entry WHERE entry.id = assignment_commitment.entry_id
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='commitment',
            name='number',
            field=models.PositiveBigIntegerField(),
        ),
    ]
