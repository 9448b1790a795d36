"""The search ``q`` of every list: each word matches a number, an IIN or a name, in any order and spelling.

Numbers of motions are those of the court, of the appeal court and of the case (ADR 55).
"""

from typing import TypeVar

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import Contains

from ecase.cases.models import Case, Person
from ecase.cases.search import CASE_TEXT, PERSON_TEXT, Fold, searched_part, split_words
from ecase.officers.models import Post
from workflows.motions.models import Motion
from workflows.motions.persons import KNOW_ALL, persons_shown_to

Motions = TypeVar("Motions", bound=QuerySet[Motion])
Cases = TypeVar("Cases", bound=QuerySet[Case])


def filter_mentioning(motions: Motions, text: str, post: Post) -> Motions:
    """Those of ``motions`` that mention every word of ``text``. None for a text without a letter or a digit.

    Officers who do not know all persons of a case find a motion only by persons that it names. Nobody finds protected
    persons.
    """
    words = split_words(text)
    if not words:
        return motions.none()
    found = motions.filter(*(Q(Contains(F("search"), searched_part(word))) for word in words))
    if post.role in KNOW_ALL:
        return found
    # The index has found them by the whole column; this checks each of them again.
    own = Func(F("search"), Value("|"), Value(1), function="split_part", output_field=TextField())
    return found.filter(*(Q(Contains(own, searched_part(word))) for word in words))


def filter_by_case_number(motions: Motions, text: str) -> Motions:
    """Those whose case number contains every word of ``text``, for motions on which no other search is allowed."""
    words = split_words(text)
    if not words:
        return motions.none()
    return motions.filter(*(Q(Contains(Fold(F("case__number")), Fold(Value(word)))) for word in words))


def filter_cases_mentioning(cases: Cases, text: str, post: Post) -> Cases:
    """Those of ``cases``, which ``post`` may open, whose number and persons mention every word of ``text``.

    Only persons whom the post is shown; nobody finds protected persons. None for a text without a letter or a digit.
    """
    words = [searched_part(word) for word in split_words(text)]
    if not words:
        return cases.none()
    shown = Person.objects.all() if post.role in KNOW_ALL else persons_shown_to(post)
    persons = shown.exclude(capacity=Person.Capacity.PROTECTED).order_by()
    for word in words:
        # Two halves, each with an index of its own: a condition with "or" would use none.
        by_number = Case.objects.order_by().filter(Contains(CASE_TEXT, word)).values("pk")
        cases = cases.filter(pk__in=by_number.union(persons.filter(Contains(PERSON_TEXT, word)).values("case")))
    return cases
