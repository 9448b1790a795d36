"""The app's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DraftingConfig(AppConfig):
    name = "workflows.drafting"
    verbose_name = _("Suggestions")

    def ready(self) -> None:
        from workflows.drafting.wording import LANGUAGES, wording

        for language in LANGUAGES:
            wording(language)
