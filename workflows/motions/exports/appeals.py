"""States how a decision may be appealed, in the language of the case."""

from django.utils import translation
from django.utils.translation import gettext as _

from workflows.papers.wording import words
from workflows.statute.schema import Kind

PROSECUTOR = "prosecutor"


def appeal_sentence(kind: Kind, language: str) -> str:
    """Term, article and court of an appeal; empty if the law allows none."""
    rule = kind.appeal
    if not rule.allowed or rule.term is None:
        return ""
    starts, article = rule.starts.in_(language) if rule.starts else "", words(language).article(rule.article)
    with translation.override(language):
        sentences = [_TERMS[rule.term.unit]() % {"amount": rule.term.amount, "starts": starts, "article": article}]
        if {appellant.key for appellant in rule.who} == {PROSECUTOR}:
            sentences.append(_("Only the prosecutor may do so, by a motion."))
        if rule.via == "deciding_court":
            filed = _("The appeal is filed through this court; it is heard by the %(court)s.")
        else:
            filed = _("The appeal is filed with the %(court)s, which hears it.")
        sentences.append(filed % {"court": rule.court.in_(language) if rule.court else _("the court above")})
    return " ".join(" ".join(sentences).split())


_TERMS = {
    "days": lambda: _("The decision may be appealed within %(amount)d days %(starts)s (%(article)s)."),
    "hours": lambda: _("The decision may be appealed within %(amount)d hours %(starts)s (%(article)s)."),
    "minutes": lambda: _("The decision may be appealed within %(amount)d minutes %(starts)s (%(article)s)."),
    "months": lambda: _("The decision may be appealed within %(amount)d months %(starts)s (%(article)s)."),
}
