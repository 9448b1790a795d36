"""Fill what motions are found by, in batches that each commit, then build its index beside the running service."""

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

BATCH = 2000
# Any change of the column makes the row's trigger write what is right.
FILL = """
    WITH batch AS (SELECT id FROM motions_motion WHERE id > %s ORDER BY id LIMIT %s),
    filled AS (
        UPDATE motions_motion SET search = '-' WHERE id IN (SELECT id FROM batch) AND search = '' RETURNING id
    )
    SELECT id FROM batch ORDER BY id DESC LIMIT 1
"""


def fill(apps, schema_editor):
    last = (uuid.UUID(int=0),)
    with schema_editor.connection.cursor() as cursor:
        while last:
            cursor.execute(FILL, [last[0], BATCH])
            last = cursor.fetchone()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("motions", "0013_search_text")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="motion",
            index=GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="motion_search"),
        ),
    ]
