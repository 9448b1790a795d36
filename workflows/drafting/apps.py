"""The app's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DraftingConfig(AppConfig):
    name = "workflows.drafting"
    verbose_name = _("Suggestions")

    def ready(self) -> None:
        from workflows.drafting.uses import DraftedSuggestions
        from workflows.drafting.wording import LANGUAGES, wording
        from workflows.motions.rules.suggestions import fill_port

        fill_port(DraftedSuggestions())
        for language in LANGUAGES:
            wording(language)
