from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MotionsConfig(AppConfig):
    name = "workflows.motions"
    verbose_name = _("Motions")

    def ready(self) -> None:
        from ecase.audit import derivation
        from workflows.motions.verifying.checks import motions

        derivation.register(motions)
