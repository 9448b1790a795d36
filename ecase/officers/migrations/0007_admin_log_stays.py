"""What administrators did stays on record: the table is Django's own, so its guard is not stated in a model."""

from django.db import migrations

GUARD = """
CREATE FUNCTION django_admin_log_stays() RETURNS TRIGGER AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON django_admin_log
    FOR EACH STATEMENT EXECUTE FUNCTION django_admin_log_stays();
"""
UNGUARD = """
DROP TRIGGER append_only ON django_admin_log;
DROP FUNCTION django_admin_log_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("officers", "0006_sessions_of_their_own"),
    ]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
