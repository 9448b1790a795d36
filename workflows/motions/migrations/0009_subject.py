"""The person whom a motion is about, stored on its row: counsel of that person finds it by an index.

What has been filed before takes it from the field that its version of the law names; where that names none, the motion
is open to no counsel but its author.
"""

import django.db.models.deletion
from django.db import migrations, models

_FILL = """
    UPDATE motions_motion SET subject_id = cases_person.id FROM cases_person
    WHERE motions_motion.last_act_id IS NOT NULL AND motions_motion.catalogue_id = %s AND motions_motion.kind = %s
    AND cases_person.case_id = motions_motion.case_id AND cases_person.id::text = motions_motion.payload ->> %s
"""


def fill(apps, schema_editor):
    versions = apps.get_model("statute", "CatalogueVersion").objects.values_list("pk", "content")
    with schema_editor.connection.cursor() as cursor:
        for version, content in versions:
            for key, kind in content["kinds"].items():
                if kind.get("subject"):
                    cursor.execute(_FILL, [version, key, kind["subject"]])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_leader_of_a_group"),
        ("motions", "0008_openings_of_versions"),
        ("statute", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="motion",
            name="subject",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.person"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
