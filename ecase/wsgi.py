"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from ecase import timeouts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecase.settings")

application = get_wsgi_application()
timeouts.use("web")
