"""Rotate the service's seal without downtime: request a certificate, install it; old seals stay verifiable."""

import re
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ecase.trust import rotation


def _name(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,60}", text):
        raise ArgumentTypeError("letters, digits, - and _ are expected")
    return text


class Command(BaseCommand):
    help = "Rotate the service's seal: the newest one that is trusted signs, all of them verify."

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        asked = steps.add_parser("request", help="make a key and print the request for its certificate")
        asked.add_argument("name", type=_name)
        asked.add_argument("--token", default="", metavar="URI", help="make the key in a token: pkcs11:token=...")
        given = steps.add_parser("install", help="put the certificate to its key, trust it, use it")
        given.add_argument("name", type=_name)
        given.add_argument("certificate", type=Path, help="PEM, those above it after it")
        steps.add_parser("demo", help="both at once, by the demo's own authority").add_argument("name", type=_name)

    def handle(self, *_args: Any, step: str, name: str, **options: Any) -> None:
        try:
            if step == "request":
                path, wanted = rotation.request(name, options["token"])
            elif step == "install":
                path, wanted = rotation.install(name, options["certificate"].read_bytes()), ""
            else:
                path, wanted = rotation.demonstrate(name), ""
        except (ValueError, OSError) as fault:
            raise CommandError(str(fault)) from fault
        if wanted:
            message = _("The new key is in %(file)s. Have a certificate issued for this request:")
            self.stderr.write(message % {"file": path})
            self.stdout.write(wanted, ending="")
        else:
            self.stdout.write(_("The new seal signs from now on: %(file)s") % {"file": path})
