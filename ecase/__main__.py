"""``python -m ecase``, and ``ecase`` if the project is installed: the commands of ``manage.py``."""

import os
import sys


def main() -> None:
    """Run a management command; a wrong setting is reported in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecase.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from ecase import timeouts

    try:
        if sys.argv[1:2] == ["migrate"]:
            timeouts.use("migration")
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        sys.exit(f"ecase: {fault}")


if __name__ == "__main__":
    main()
