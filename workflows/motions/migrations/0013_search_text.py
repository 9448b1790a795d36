"""What a motion is found by, in one folded column that the database keeps: see docs/adr/0055.

The rows that are there already are filled by the next migration.
"""

import django.contrib.postgres.operations
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Written together or apart, these stand between parts of one word: "7511-26-42", "Zhanna d'Arc", "№ 5".
JOINING = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212'`\u2018\u2019\u02bc\u00b4№"
# Kazakh letters fall to those of the Russian keyboard; the accents of ё and й are gone before.
UPPER = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = "абвгдежзиклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyz"
KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүІіҺһ"
RUSSIAN = "ааггккннооууууиихх"
# What separates words: ASCII and general punctuation, spaces, symbols of Latin-1.
SEPARATING = "[\u0001-\u002f:-@\u005b-\u0060{-\u00bf\u2000-\u206f\u3000-\u303f]+"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


FOLD = f"""
CREATE FUNCTION ecase_fold(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $fold$
    SELECT btrim(regexp_replace(translate(regexp_replace(
        normalize(translate(said, {_quoted(JOINING)}, ''), NFKD), '[\\u0300-\\u036f]', '', 'g'
    ), {_quoted(UPPER + KAZAKH)}, {_quoted(LOWER + RUSSIAN)}), {_quoted(SEPARATING.replace(chr(92), chr(92) * 2))}, ' ', 'g'))
$fold$;
"""

# Numbers and the persons whom the motion names, then "|", then the other persons of its case. Nobody protected.
SEARCH_TEXT = """
CREATE FUNCTION motions_search_text(of_case uuid, own_number text, appeal text, stated jsonb)
RETURNS text LANGUAGE sql STABLE AS $text$
    SELECT concat(
        ' ', ecase_fold(concat_ws(' ', (SELECT number FROM cases_case WHERE id = of_case), own_number, appeal)),
        string_agg(' ' || told, '' ORDER BY id) FILTER (WHERE named),
        ' | ', string_agg(' ' || told, '' ORDER BY id) FILTER (WHERE NOT named)
    ) FROM (
        SELECT id, ecase_fold(concat_ws(' ', surname, given_name, patronymic, iin)) AS told,
            strpos(stated::text, id::text) > 0 AS named
        FROM cases_person WHERE case_id = of_case AND capacity <> 'protected'
    ) person
$text$;
"""

OF_PERSON = """
CREATE FUNCTION motions_search_follows_person() RETURNS trigger LANGUAGE plpgsql AS $follow$
BEGIN
    -- The motion's own trigger writes what is right.
    UPDATE motions_motion SET search = '' WHERE id IN (
        SELECT id FROM motions_motion WHERE case_id IN (
            CASE TG_OP WHEN 'INSERT' THEN NEW.case_id ELSE OLD.case_id END,
            CASE TG_OP WHEN 'DELETE' THEN OLD.case_id ELSE NEW.case_id END
        ) ORDER BY id FOR UPDATE
    );
    RETURN NULL;
END
$follow$;
CREATE TRIGGER motions_search_follows_person
AFTER INSERT OR DELETE OR UPDATE OF case_id, surname, given_name, patronymic, iin, capacity ON cases_person
FOR EACH ROW EXECUTE FUNCTION motions_search_follows_person();
"""

BACK = """
DROP TRIGGER motions_search_follows_person ON cases_person;
DROP FUNCTION motions_search_follows_person();
"""
KEEP = "\n            NEW.search = motions_search_text(NEW.case_id, NEW.number, NEW.appeal_number, NEW.payload);\n            RETURN NEW;\n        "
DECLARE = "DECLARE nobody_ignores_this TEXT := set_config('pgtrigger.ignore', '{}', true);"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_rows_that_stay'),
        ('motions', '0012_what_waits'),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        migrations.AddField(
            model_name='motion',
            name='search',
            field=models.TextField(default='', editable=False),
        ),
        migrations.RunSQL(FOLD, "DROP FUNCTION ecase_fold(text)"),
        migrations.RunSQL(SEARCH_TEXT, "DROP FUNCTION motions_search_text(uuid, text, text, jsonb)"),
        migrations.RunSQL(OF_PERSON, BACK),
        pgtrigger.migrations.AddTrigger(
            model_name='motion',
            trigger=pgtrigger.compiler.Trigger(name='found_from_the_start', sql=pgtrigger.compiler.UpsertTriggerSql(declare=DECLARE, func=KEEP, hash='1556fa8afa1d980dbc354d7c5b988583ea8715d8', operation='INSERT', pgid='pgtrigger_found_from_the_start_b9602', table='motions_motion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='motion',
            trigger=pgtrigger.compiler.Trigger(name='found_as_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."appeal_number" IS DISTINCT FROM (NEW."appeal_number") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."payload" IS DISTINCT FROM (NEW."payload") OR OLD."search" IS DISTINCT FROM (NEW."search"))', declare=DECLARE, func=KEEP, hash='bbed31b74e81beda6deca6f1e3ea03bd7fc22282', operation='UPDATE', pgid='pgtrigger_found_as_it_is_af7cc', table='motions_motion', when='BEFORE')),
        ),
    ]
