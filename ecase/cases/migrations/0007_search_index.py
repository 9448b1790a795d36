"""Index what cases are searched by, beside the running service; ``ecase_fold`` and ``pg_trgm`` come from motions."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import TextField, Value
from django.db.models.functions import Concat

from ecase.cases.search import Fold

TEXT = TextField()
BLANK = Value(" ", TEXT)
NUMBER = Concat(BLANK, Fold("number"), output_field=TEXT)
NAMED = Concat("surname", BLANK, "given_name", BLANK, "patronymic", BLANK, "iin", output_field=TEXT)
PERSON = Concat(BLANK, Fold(NAMED), output_field=TEXT)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("cases", "0006_documents_of_secret_motions"),
        ("motions", "0013_search_text"),
        ("officers", "0007_admin_log_stays"),
    ]

    operations = [
        AddIndexConcurrently("case", GinIndex(OpClass(NUMBER, "gin_trgm_ops"), name="case_search")),
        AddIndexConcurrently("person", GinIndex(OpClass(PERSON, "gin_trgm_ops"), name="person_search")),
    ]
