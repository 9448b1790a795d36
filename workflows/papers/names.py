"""Names in the grammatical case that a sentence needs: Kazakh by ``qazaq-inflector``, Russian by ``pytrovich``.

A library returns an unknown name unchanged, so the worst result is a name in the nominative.
"""

from typing import Final

from pytrovich import Case, Gender, NamePart, PetrovichDeclinationMaker
from qazaq_inflector import QazaqNameInflector

from workflows.papers.facts import Name

CASES: Final = (
    "nominative",
    "genitive",
    "dative",
    "accusative",
    "instrumental",
    "ablative",
    "locative",
    "prepositional",
)
_RUSSIAN: Final = {
    "genitive": Case.GENITIVE,
    "dative": Case.DATIVE,
    "accusative": Case.ACCUSATIVE,
    "instrumental": Case.INSTRUMENTAL,
    "prepositional": Case.PREPOSITIONAL,
    # Russian has neither of these two cases: the nearest one is used.
    "ablative": Case.GENITIVE,
    "locative": Case.PREPOSITIONAL,
}
_KAZAKH: Final = frozenset({"genitive", "dative", "accusative", "instrumental", "ablative", "locative"})
_CHILD_OF: Final = ("ұлы", "қызы")
_KAZAKH_INFLECTOR: Final = QazaqNameInflector()
_RUSSIAN_INFLECTOR: Final = PetrovichDeclinationMaker()


def decline(person: Name, case: str, language: str) -> str:
    """The full name in a grammatical ``case`` (one of :data:`CASES`) of ``language`` (kk, ru, en).

    The name of a legal person, which has no sex, stays as it is.

    >>> decline(Name("Сериков", "Нурлан", "Болатович"), "instrumental", "ru")
    'Сериковым Нурланом Болатовичем'
    """
    if case not in CASES:
        raise ValueError(f"{case!r} is not a grammatical case")
    parts = [part for part in (person.surname, person.given_name, person.patronymic) if part]
    if not person.sex:
        return " ".join(parts)
    if language == "kk":
        return _kazakh(" ".join(parts), case)
    if language == "ru":
        return " ".join(_russian_parts(person, case))
    return " ".join(parts)


def decline_short(person: Name, case: str, language: str) -> str:
    """Surname and initials in a ``case``; in Kazakh the initials come first, since the last word takes the suffix."""
    if case not in CASES:
        raise ValueError(f"{case!r} is not a grammatical case")
    if not person.sex:
        return person.surname
    initials = "".join(f"{part[0]}." for part in (person.given_name, person.patronymic) if part)
    if language == "kk":
        return f"{initials} {_kazakh(person.surname, case)}".strip()
    surname = _russian_parts(person, case)[0] if language == "ru" and person.surname else person.surname
    return f"{surname} {initials}".strip()


def _kazakh(name: str, case: str) -> str:
    """Only the last word of a Kazakh name takes the suffix: Серіков Нұрлан Болатұлына.

    A final и is taken as it is heard if that makes the suffix soft: Болатовичке, Кимге.
    """
    if case not in _KAZAKH or not name:
        return name
    head, _, tail = name.rpartition(" ")
    if tail.lower().endswith(_CHILD_OF):
        declined = _KAZAKH_INFLECTOR.possessive(tail[:-1], "3", case)
    else:
        sound, vowels = tail, [letter for letter in tail.lower() if letter in "аәеэоөұүыіяюёиу"]
        if tail.lower().endswith("ич") or (vowels == ["и"] and not tail.lower().endswith("и")):
            at = tail.lower().rindex("и")
            sound = f"{tail[:at]}і{tail[at + 1 :]}"
        declined = tail + str(_KAZAKH_INFLECTOR.inflect(sound, case))[len(sound) :]
    return f"{head} {declined}".strip()


def _russian_parts(person: Name, case: str) -> list[str]:
    named = (
        (NamePart.LASTNAME, person.surname),
        (NamePart.FIRSTNAME, person.given_name),
        (NamePart.MIDDLENAME, person.patronymic),
    )
    if case not in _RUSSIAN:
        return [text for _, text in named if text]
    gender = Gender.FEMALE if person.sex == "female" else Gender.MALE
    return [_RUSSIAN_INFLECTOR.make(part, gender, _RUSSIAN[case], text) for part, text in named if text]
