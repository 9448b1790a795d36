import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("officers", "0003_court_for_immunity")]

    operations = [
        migrations.AddField(
            model_name="dutyshift",
            name="takes_over",
            field=models.BooleanField(
                default=False,
                help_text="While this shift runs, what arrives is for those on duty only.",
                verbose_name="takes over",
            ),
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[("illness", "illness"), ("leave", "leave"), ("other", "other absence")],
                        max_length=8,
                        verbose_name="ground",
                    ),
                ),
                ("starts_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="starts")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="officers.post",
                        verbose_name="post",
                    ),
                ),
            ],
            options={
                "verbose_name": "absence",
                "verbose_name_plural": "absences",
                "ordering": ["-starts_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                        ),
                        name="absence_ends_after_it_begins",
                    )
                ],
            },
        ),
    ]
