"""The web server's entry point: ``granian --interface asginl ecase.asgi:application``."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from ecase import heap, timeouts
from ecase.handlers import BufferingHandler, Limits
from signatures.container.limits import USUAL

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecase.settings")

heap.give_back()

# The largest body that is accepted: a container to be verified, in a form. Uploads to cases have their own limit.
_FORM = 1024 * 1024
LARGEST = max(USUAL.archive_bytes + _FORM, 2 * settings.UPLOAD_MAX_BYTES)

application = BufferingHandler(
    get_wsgi_application(),
    settings.WEB_THREADS,
    Limits(settings.BODY_SECONDS, LARGEST),
)
timeouts.use("web")
