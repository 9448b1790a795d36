
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deadlines', '0002_recounting_and_escalation'),
    ]

    operations = [
        migrations.AddField(
            model_name='deadline',
            name='extended',
            field=models.BooleanField(default=False, verbose_name='extended'),
        ),
        migrations.AlterField(
            model_name='deadline',
            name='voided_because',
            field=models.CharField(blank=True, choices=[('restarted', 'the term began anew'), ('ended', 'nothing is awaited any more'), ('corrected', 'its event or its length was corrected'), ('calendar', 'the calendar of days off was changed'), ('extended', 'the law gives more time for this step')], max_length=10, verbose_name='void because'),
        ),
    ]
