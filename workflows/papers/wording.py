"""The wording of papers: sentences, months, roles and labels of one language, read from ``wording/<language>.yaml``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from workflows.papers.facts import Participant

WORDING = Path(__file__).parent / "wording"
KILO = 1000
# ``148(7-1)``, ``107(1)(8)``, ``161(9)-(10)``: article, part, item, and the last of several.
_PART = re.compile(r"(\d+(?:-\d+)?)\(([\d-]+)\)(?:\(([\d-]+)\))?(?:-\(([\d-]+)\))?")
# ``136-140``, unlike the number ``589-1``, which is one article; a range of parts.
_SEVERAL = re.compile(r"[;–—]|\)-\(|^(\d+)-\d{2,}$")


@dataclass(frozen=True)
class Words:
    """One language's wording. A missing key raises ``KeyError``: the three files hold the same keys."""

    language: str
    data: Mapping[str, Any]

    def label(self, key: str, **values: str) -> str:
        """A label, its ``{names}`` filled in."""
        return str(self.data["labels"][key]).format_map(values)

    def act(self, template: str) -> Mapping[str, Any]:
        """The sentences of one act type."""
        found: Mapping[str, Any] = self.data["acts"][template]
        return found

    def act_name(self, template: str) -> str:
        """The name of an act type in a list."""
        return str(self.data["act_names"].get(template, template))

    def role(self, key: str, case: str = "nominative") -> str:
        """A role in a grammatical case; the nominative if the language has no other form."""
        forms = self.data["roles"].get(key, {"nominative": key})
        return str(forms.get(case, forms["nominative"]))

    def capacity(self, person: Participant) -> str:
        """The person's capacity in the case, in the form for their sex."""
        female = self.data.get("capacities_female", {}) if person.name.sex == "female" else {}
        return str(female.get(person.capacity, self.data["capacities"].get(person.capacity, person.capacity)))

    def article(self, articles: str) -> str:
        """Articles as a short reference: ``ҚПК 148-бабының 7-бөлігі``. Another act (``76-НП``) is cited unchanged."""
        is_of_code = not any(sign.isalpha() for sign in articles)
        return str(self.data["article"]).format(articles=self.cite("named", articles)) if is_of_code else articles

    def outcome_article(self, articles: str) -> str:
        """The articles of an outcome in brackets, with a leading space; empty for none."""
        return str(self.data["outcome_article"]).format(articles=self.cite("named", articles)) if articles else ""

    def cite(self, form: str, articles: str) -> str:
        """Each article with its part and item in words; whole articles that follow each other under one noun.

        ``form``: ``named``, or ``basis``, which follows "on the basis of": ``статьями 147, 148``.
        """
        texts, cited = self.data["citations"][form], []
        for is_whole, group in groupby(articles.split(", "), lambda article: "part" not in texts or "(" not in article):
            named = list(group)
            if is_whole:
                many = len(named) > 1 or _SEVERAL.search(named[0])
                cited.append(texts["many" if many else "one"].format(articles=", ".join(named)))
            else:
                cited += [_in_words(texts, article) for article in named]
        return ", ".join(cited)

    def date(self, value: date, form: str = "date") -> str:
        """A date in words; ``form="date_in"`` for languages in which "on that day" has another ending."""
        months = self.data["months"]
        return str(self.data[form]).format(
            day=value.day,
            month=months[value.month - 1],
            month_in=self.data.get("months_in", months)[value.month - 1],
            year=value.year,
        )

    def instant(self, value: datetime) -> str:
        """Date and time of day in the installation's time zone."""
        local = local_time(value)
        return str(self.data["instant"]).format(date=self.date(local), time=f"{local:%H:%M}")

    def zone(self, value: datetime) -> str:
        """The installation's time zone at an instant: ``UTC+5``."""
        away = local_time(value).utcoffset() or timedelta()
        return f"UTC{away / timedelta(hours=1):+g}"

    def period(self, start: datetime | None, end: datetime | None) -> str:
        """A period by its start and end, as far as known."""
        known = {name: self.instant(at) for name, at in (("start", start), ("end", end)) if at}
        form = {("start", "end"): "period", ("start",): "since", ("end",): "until"}.get(tuple(known))
        return str(self.data[form]).format_map(known) if form else ""

    def size(self, count: int) -> str:
        """A number of bytes in readable form: ``1,2 МБ``."""
        amount, names = float(count), list(self.data["sizes"])
        while amount >= KILO and len(names) > 1:
            amount, names = amount / KILO, names[1:]
        digits = f"{amount:.0f}" if names[0] == self.data["sizes"][0] else f"{amount:.1f}"
        return f"{digits.replace('.', self.data['decimal'])}\N{NO-BREAK SPACE}{names[0]}"


def _in_words(texts: Mapping[str, str], article: str) -> str:
    """An article with its part, and its item if it names one: ``часть 7-1 статьи 148``."""
    found = _PART.fullmatch(article)
    if found is None:
        return texts["one"].format(articles=article)
    number, part, item, last = found.groups()
    form, several = ("item", item) if item else ("part", part)
    shown = f"{several}\N{EN DASH}{last}" if last else several
    values = {"article": number, "part": part if item else shown, "item": shown and f"{shown})"}
    return texts[f"{form}s" if last else form].format_map(values)


def local_time(value: datetime) -> datetime:
    """``value`` in the installation's own time zone, whatever time zone is activated for the reader."""
    return timezone.localtime(value, timezone.get_default_timezone())


@cache
def words(language: str) -> Words:
    """The wording of ``language`` (kk, ru, en)."""
    return Words(language, yaml.safe_load((WORDING / f"{language}.yaml").read_text(encoding="utf-8")))
