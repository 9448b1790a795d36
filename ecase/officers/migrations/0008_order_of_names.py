"""People are sorted by a stored key in the order of the Kazakh alphabet: see docs/adr/0065."""

import django.db.models
from django.db import migrations

from ecase.officers.names import NameKey

ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
# Each letter becomes the character of its place; those are behind all of ASCII, so that Latin names come first.
PLACES = "".join(chr(ord("а") + place) for place in range(len(ALPHABET)))
# Parts are divided by what comes before everything else; a hyphen or an apostrophe counts as a blank.
KEY = f"""
CREATE FUNCTION ecase_name_key(surname text, given text, patronymic text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $key$
    SELECT translate(
        normalize(surname || chr(1) || given || chr(1) || patronymic, NFC),
        '{ALPHABET.upper()}{LATIN.upper()}{ALPHABET}-''', '{PLACES}{LATIN}{PLACES}  '
    )
$key$;
"""


class Migration(migrations.Migration):
    dependencies = [("officers", "0007_admin_log_stays")]

    operations = [
        migrations.RunSQL(KEY, "DROP FUNCTION ecase_name_key(text, text, text)"),
        migrations.AlterModelOptions(
            name="officer",
            options={"ordering": ["sort_key", "pk"], "verbose_name": "officer", "verbose_name_plural": "officers"},
        ),
        migrations.AddField(
            model_name="officer",
            name="sort_key",
            field=django.db.models.GeneratedField(
                db_persist=True,
                expression=NameKey("surname", "given_name", "patronymic"),
                output_field=django.db.models.TextField(db_collation="C"),
            ),
        ),
    ]
