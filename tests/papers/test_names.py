"""Names in cases, with the names of a Kazakhstani court room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.papers.facts import Name
from workflows.papers.names import CASES, decline, decline_short

NURLAN = Name("Серіков", "Нұрлан", "Ермекұлы")
AIGUL = Name("Ахметова", "Айгүл", "Болатқызы", "female")
VIKTOR = Name("Ким", "Виктор", "Петрович")
ELENA = Name("Ким", "Елена", "Сергеевна", "female")


@pytest.mark.parametrize(
    ("name", "case", "expected"),
    [
        (NURLAN, "genitive", "Серіков Нұрлан Ермекұлының"),
        (NURLAN, "dative", "Серіков Нұрлан Ермекұлына"),
        (NURLAN, "accusative", "Серіков Нұрлан Ермекұлын"),
        (NURLAN, "instrumental", "Серіков Нұрлан Ермекұлымен"),
        (AIGUL, "genitive", "Ахметова Айгүл Болатқызының"),
        (AIGUL, "ablative", "Ахметова Айгүл Болатқызынан"),
        (VIKTOR, "dative", "Ким Виктор Петровичке"),
        (ELENA, "accusative", "Ким Елена Сергеевнаны"),
        (Name("Жұмабек", "Дәурен"), "dative", "Жұмабек Дәуренге"),
    ],
)
def test_kazakh_declines_the_last_word(name: Name, case: str, expected: str) -> None:
    assert decline(name, case, "kk") == expected


@pytest.mark.parametrize(
    ("name", "case", "expected"),
    [
        (NURLAN, "genitive", "Серікова Нұрлана Ермекұлы"),
        (Name("Сериков", "Нурлан", "Болатович"), "instrumental", "Сериковым Нурланом Болатовичем"),
        (AIGUL, "dative", "Ахметовой Айгүл Болатқызы"),
        (VIKTOR, "genitive", "Кима Виктора Петровича"),
        (ELENA, "dative", "Ким Елене Сергеевне"),
        (Name("Жұмабек", "Динара", "", "female"), "genitive", "Жұмабек Динары"),
    ],
)
def test_russian_declines_every_part(name: Name, case: str, expected: str) -> None:
    assert decline(name, case, "ru") == expected


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [(NURLAN, "kk", "Н.Е. Серіковке"), (NURLAN, "ru", "Серікову Н.Е."), (NURLAN, "en", "Серіков Н.Е."),
     (VIKTOR, "kk", "В.П. Кимге"), (ELENA, "ru", "Ким Е.С.")],
)  # fmt: skip
def test_short_names(name: Name, language: str, expected: str) -> None:
    assert decline_short(name, "dative", language) == expected


def test_what_nobody_knows_stays_in_the_nominative() -> None:
    foreign = Name("Smith", "John")
    assert decline(foreign, "genitive", "ru") == "Smith John"
    assert decline(foreign, "nominative", "kk") == "Smith John"
    assert decline(foreign, "genitive", "en") == "Smith John"


def test_an_unknown_case_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="vocative"):
        decline(NURLAN, "vocative", "kk")


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.sampled_from(["female", "male"]),
       st.sampled_from(CASES), st.sampled_from(["kk", "ru", "en"]))  # fmt: skip
def test_no_name_is_too_strange(
    surname: str, given_name: str, patronymic: str, sex: str, case: str, language: str
) -> None:
    strange = Name(surname, given_name, patronymic, sex)  # type: ignore[arg-type]
    assert isinstance(decline(strange, case, language), str)
    assert isinstance(decline_short(strange, case, language), str)
