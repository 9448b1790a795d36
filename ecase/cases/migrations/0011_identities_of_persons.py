"""Every IIN of a participant gets its natural person, once: see docs/adr/0071."""

from django.db import migrations

FILL = """
INSERT INTO cases_identity (id, form, number)
SELECT gen_random_uuid(), 'natural', iin FROM (SELECT DISTINCT iin FROM cases_person WHERE iin <> '') AS known
ON CONFLICT (form, number) DO NOTHING;
UPDATE cases_person SET identity_id = cases_identity.id FROM cases_identity
WHERE cases_person.iin <> '' AND cases_person.identity_id IS NULL
AND cases_identity.form = cases_person.form AND cases_identity.number = cases_person.iin;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_participants_and_identities")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
