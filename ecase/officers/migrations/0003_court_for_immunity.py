from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("officers", "0002_levels_and_chairs")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="hears_immunity",
            field=models.BooleanField(default=False, verbose_name="hears motions on persons with immunity"),
        ),
    ]
