"""States how a decision may be appealed, in the language of the case."""

from django.utils import translation
from django.utils.translation import gettext as _

from workflows.papers.wording import words
from workflows.statute.schema import Appeal, Kind

PROSECUTOR = "prosecutor"


def appeal_sentence(kind: Kind, language: str) -> str:
    """Term, article and court of an appeal; empty if the law allows none."""
    rule = kind.appeal
    if not rule.allowed or rule.term is None:
        return ""
    facts = {
        "amount": rule.term.amount,
        "starts": rule.starts.in_(language) if rule.starts else "",
        "article": words(language).article(rule.article),
    }
    with translation.override(language):
        told = [_SENTENCES[rule.term.unit]() % facts, *_limits(rule), _through(rule, language)]
    return " ".join(" ".join(told).split())


def _limits(rule: Appeal) -> list[str]:
    only = {appellant.key for appellant in rule.who} == {PROSECUTOR}
    return [_("Only the prosecutor may do so, by a motion.")] if only else []


def _through(rule: Appeal, language: str) -> str:
    facts = {"court": rule.court.in_(language) if rule.court else _("the court above")}
    if rule.via == "deciding_court":
        return _("The appeal is filed through this court; it is heard by the %(court)s.") % facts
    return _("The appeal is filed with the %(court)s, which hears it.") % facts


_SENTENCES = {
    "days": lambda: _("The decision may be appealed within %(amount)d days %(starts)s (%(article)s)."),
    "hours": lambda: _("The decision may be appealed within %(amount)d hours %(starts)s (%(article)s)."),
    "minutes": lambda: _("The decision may be appealed within %(amount)d minutes %(starts)s (%(article)s)."),
    "months": lambda: _("The decision may be appealed within %(amount)d months %(starts)s (%(article)s)."),
}
