"""The database names no channel any more: another one needs a module of ``ecase.outbox.channels`` and no migration."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('officers', '0007_admin_log_stays'),
        ('outbox', '0004_claims_positions_and_circuits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='message',
            name='outbox_webhook_has_subscription',
        ),
        migrations.RemoveConstraint(
            model_name='subscription',
            name='outbox_subscribed_once',
        ),
        migrations.RemoveIndex(
            model_name='message',
            name='outbox_due',
        ),
        migrations.RemoveIndex(
            model_name='message',
            name='outbox_answered',
        ),
        migrations.AddField(
            model_name='subscription',
            name='channel',
            field=models.CharField(default='webhook', max_length=30, verbose_name='channel'),
        ),
        migrations.AlterField(
            model_name='message',
            name='channel',
            field=models.CharField(max_length=30, verbose_name='channel'),
        ),
        migrations.AlterField(
            model_name='subscription',
            name='url',
            field=models.CharField(max_length=500, verbose_name='address'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['subscription', 'next_attempt_at', 'id'], name='outbox_due'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'delivered'), ('subscription__isnull', False)), fields=['organisation', 'key'], name='outbox_answered'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'delivered'), ('subscription__isnull', False), _connector='OR'), name='outbox_under_way_has_subscription'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(fields=('organisation', 'channel', 'url'), name='outbox_subscribed_once'),
        ),
    ]
