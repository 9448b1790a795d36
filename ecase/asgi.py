"""The web server's entry point: ``granian --interface asginl ecase.asgi:application``."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from ecase import timeouts
from ecase.reception import Limits, Reception
from signatures.container.limits import USUAL

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecase.settings")

# The largest body of any door: a container that is verified, in a form. Uploads to cases have a limit of their own.
_FORM = 1024 * 1024
LARGEST = max(USUAL.archive_bytes + _FORM, 2 * settings.UPLOAD_MAX_BYTES)

application = Reception(
    get_wsgi_application(),
    settings.WEB_THREADS,
    Limits(settings.BODY_SECONDS, LARGEST),
)
timeouts.use("web")
