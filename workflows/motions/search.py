"""The search ``q`` of every list: each word matches a number, an IIN, a name or a kind, in any order and spelling.

Numbers of motions are those of the court, of the appeal court and of the case; names those of persons of the case, of
the author and of the judges; kinds are named in any language (ADR 55).
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import Contains

from ecase.cases.models import Case, Person
from ecase.cases.search import CASE_TEXT, OFFICER_TEXT, PERSON_TEXT, Fold, matches, split_words
from ecase.officers.models import Officer, Post
from workflows.motions.models import Motion
from workflows.motions.persons import KNOW_ALL, persons_shown_to
from workflows.statute.catalogue import catalogue, in_force

# A word of a kind's name has at least three letters; of a common name no more than so many officers are looked at.
SHORTEST_OF_KIND, MOST_OFFICERS = 3, 200
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
    known = [_of_kinds(word) | officers for word, officers in zip(words, _of_officers(words), strict=True)]
    found = motions.filter(*(matches(F("search"), word) | other for word, other in zip(words, known, strict=True)))
    if post.role in KNOW_ALL:
        return found
    # The index has found them by the whole column; this checks each of them again.
    own = Func(F("search"), Value("|"), Value(1), function="split_part", output_field=TextField())
    return found.filter(*(matches(own, word) | other for word, other in zip(words, known, strict=True)))


def _of_kinds(word: str) -> Q:
    """The motions whose kind has ``word`` in its name, in any language."""
    if len(word) < SHORTEST_OF_KIND:
        return Q()
    law, sought = catalogue(in_force()), word.casefold()
    names = {key: (kind.name.kk, kind.name.ru, kind.name.en) for key, kind in law.kinds.items()}
    named = [key for key, in_languages in names.items() if any(sought in name.casefold() for name in in_languages)]
    return Q(kind__in=named) if named else Q()


def _of_officers(words: Sequence[str]) -> list[Q]:
    """For each word the motions whose author or judge has it in the name; one query for all words.

    Officers are named by id: the index of the motion's column is used, and a word that fits nobody costs nothing.
    """
    spoken = {f"word_{number}": word for number, word in enumerate(words) if not word.isdigit()}
    fits = {name: ExpressionWrapper(matches(OFFICER_TEXT, word), BooleanField()) for name, word in spoken.items()}
    # Initials fit very many: they count for whoever another word names.
    named = [Q(**{name: True}) for name, word in spoken.items() if len(word) > 1]
    if not named:
        return [Q() for _word in words]
    some = reduce(or_, named)
    rows = Officer.objects.annotate(**fits).filter(some).order_by().values("pk", *fits)[:MOST_OFFICERS]
    ids = {name: [row["pk"] for row in rows if row[name]] for name in fits}
    found = (ids.get(f"word_{number}", ()) for number in range(len(words)))
    return [
        Q(judge__in=known) | Q(appellate_judge__in=known) | Q(author__officer__in=known) if known else Q()
        for known in found
    ]


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
    words = split_words(text)
    if not words:
        return cases.none()
    shown = Person.objects.all() if post.role in KNOW_ALL else persons_shown_to(post)
    persons = shown.exclude(capacity=Person.Capacity.PROTECTED).order_by()
    for word in words:
        # Two halves, each with an index of its own: a condition with "or" would use none.
        by_number = Case.objects.order_by().filter(matches(CASE_TEXT, word)).values("pk")
        cases = cases.filter(pk__in=by_number.union(persons.filter(matches(PERSON_TEXT, word)).values("case")))
    return cases
