"""Persons of a case are sorted by the key of officers: see docs/adr/0065."""

from django.db import migrations, models

from ecase.officers.names import NameKey


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_search_index"), ("officers", "0008_order_of_names")]

    operations = [
        migrations.AlterModelOptions(
            name="person",
            options={"ordering": ["sort_key", "pk"], "verbose_name": "person", "verbose_name_plural": "persons"},
        ),
        migrations.AddField(
            model_name="person",
            name="sort_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=NameKey("surname", "given_name", "patronymic"),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
    ]
