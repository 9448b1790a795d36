"""The web server's entry point: ``granian --interface asginl ecase.asgi:application``."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from ecase import timeouts
from ecase.reception import Limits, Reception

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecase.settings")

# The largest body of any door: a file that is verified; uploads to cases have a limit of their own on top.
_LARGEST = 64 * 1024 * 1024

application = Reception(
    get_wsgi_application(),
    settings.WEB_THREADS,
    Limits(settings.BODY_SECONDS, max(_LARGEST, 2 * settings.UPLOAD_MAX_BYTES)),
)
timeouts.use("web")
