"""How a decision may be appealed, told in the language of the case."""

from django.utils import translation
from django.utils.translation import gettext as _

from workflows.statute.schema import Kind


def appeal_sentence(kind: Kind, language: str) -> str:
    """Whom an appeal goes to, within which term and by which article; empty if the law allows none."""
    rule = kind.appeal
    if not rule.allowed or rule.term is None:
        return ""
    facts = {
        "court": rule.court.in_(language) if rule.court else "",
        "amount": rule.term.amount,
        "starts": rule.starts.in_(language) if rule.starts else "",
        "article": rule.article,
    }
    with translation.override(language):
        return _SENTENCES[rule.term.unit]() % facts + " " + _through(rule.via)


def _through(via: str) -> str:
    return (
        _("The appeal is filed through this court.") if via == "deciding_court" else _("It is filed with that court.")
    )


_SENTENCES = {
    "days": lambda: _("Appeal: %(court)s; term in days: %(amount)d, %(starts)s (Art. %(article)s)."),
    "hours": lambda: _("Appeal: %(court)s; term in hours: %(amount)d, %(starts)s (Art. %(article)s)."),
    "minutes": lambda: _("Appeal: %(court)s; term in minutes: %(amount)d, %(starts)s (Art. %(article)s)."),
    "months": lambda: _("Appeal: %(court)s; term in months: %(amount)d, %(starts)s (Art. %(article)s)."),
}
