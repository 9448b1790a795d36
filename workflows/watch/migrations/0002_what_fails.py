"""Duties that fail, and rows that are put aside."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("watch", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="FailingDuty",
            fields=[
                ("duty", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField()),
                ("fault", models.CharField(max_length=500)),
                ("since", models.DateTimeField()),
                ("next_try_at", models.DateTimeField()),
            ],
            options={"ordering": ["duty"]},
        ),
        migrations.CreateModel(
            name="RowAside",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("duty", models.CharField(max_length=40)),
                ("row", models.UUIDField()),
                ("failures", models.PositiveIntegerField()),
                ("fault", models.CharField(max_length=500)),
                ("since", models.DateTimeField()),
                ("next_try_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["duty", "since"],
                "constraints": [models.UniqueConstraint(fields=("duty", "row"), name="row_aside_once")],
            },
        ),
    ]
