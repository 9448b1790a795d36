"""Fill the register of measures from the acts of the motions that there are, in bounded batches.

A batch is a transaction, and a motion that has measures already is left as it is: an interrupted run goes on.
"""

from types import SimpleNamespace

from django.db import migrations, transaction

BATCH = 200


def fill(apps, schema_editor):
    from workflows.motions.rules import measures

    known = (motion for motion in decided(apps) if measures.applies_measures(motion))
    batch = []
    for motion in known:
        batch.append(motion)
        if len(batch) == BATCH:
            write(apps, batch)
            batch = []
    write(apps, batch)


def decided(apps):
    """Decided motions about a person, without measures, as the rules read them; a page of them at a time."""
    from workflows.statute.catalogue import catalogue

    motions = apps.get_model("motions", "Motion").objects.filter(decided_at__isnull=False, subject__isnull=False)
    columns = ("pk", "kind", "catalogue_id", "payload", "decided_at", "subject_id", "earlier_id")
    last = None
    while True:
        page = motions.filter(measures=None).order_by("pk")
        rows = list((page.filter(pk__gt=last) if last else page).values_list(*columns)[:BATCH])
        for row in rows:
            motion = SimpleNamespace(**dict(zip(columns, row, strict=True)))
            motion.kind_entry = catalogue(motion.catalogue_id).kinds[motion.kind]
            yield motion
        if len(rows) < BATCH:
            return
        last = rows[-1][0]


@transaction.atomic
def write(apps, batch):
    from workflows.measures.register import Mark
    from workflows.measures.services import change_columns, columns_of
    from workflows.motions.rules import measures

    models = {name: apps.get_model(*name.split(".")) for name in ("motions.Motion", "motions.Act")}
    Measure, MeasureChange = apps.get_model("measures", "Measure"), apps.get_model("measures", "MeasureChange")
    rows, changes = [], []
    for motion in batch:
        acts = measures.acts_concerning(motion, models["motions.Motion"].objects, models["motions.Act"].objects)
        held, before = [], []
        for act, after in measures.replay(motion, acts.defer("act_json", "cms", "report")):
            for number, standing in enumerate(after):
                known = before[number] if number < len(before) else None
                if known is None:
                    held.append(Measure(motion_id=motion.pk, person_id=motion.subject_id))
                if standing != known:
                    columns = change_columns(known, standing, Mark(act.pk, act.performed_at))
                    changes.append(MeasureChange(measure=held[number], **columns))
                for name, value in columns_of(standing).items():
                    setattr(held[number], name, value)
            before = after
        rows += held
    Measure.objects.bulk_create(rows, batch_size=BATCH)
    MeasureChange.objects.bulk_create(changes, batch_size=BATCH)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("motions", "0016_several_acts_at_once"),
        ("measures", "0001_initial"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
