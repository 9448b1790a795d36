"""How the facts of acts are written: in words on a document, in short form on a page."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.law import law_of
from workflows.motions.exports.appeals import appeal_sentence
from workflows.motions.exports.fields import display
from workflows.motions.models import Act

NBSP = "\N{NO-BREAK SPACE}"
CUSTODY = law_of().kinds["custody"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "kk",
            (
                "Шешімге жария етілген сәттен бастап 3 тәулік ішінде шағым жасауға болады "
                "(ҚПК 107-бабы 1-бөлігінің 1) тармағы, 107-бабының 3-бөлігі). "
                "Шағым осы сот арқылы беріледі; оны облыстық және оған теңестірілген сот қарайды."
            ),
        ),
        (
            "ru",
            (
                "Решение может быть обжаловано в течение 3 суток с момента оглашения "
                "(пункт 1) части 1 статьи 107, часть 3 статьи 107 УПК). "
                "Жалоба подаётся через этот суд; её рассматривает областной и приравненный к нему суд."
            ),
        ),
    ],
)
def test_a_decision_says_in_whole_sentences_how_it_may_be_appealed(language: str, sentence: str) -> None:
    assert appeal_sentence(CUSTODY, language) == sentence


@pytest.mark.parametrize(
    ("kind", "value", "short", "on_document"),
    [
        ("instant", "2026-11-21T07:30:00Z", "21.11.2026 12:30", "21 ноября 2026 года в 12:30"),
        ("date", "2026-11-21", "21.11.2026", "21 ноября 2026 года"),
        ("money", "2480000.50", "2 480 000,50", "2 480 000,50"),
    ],
)
def test_a_document_writes_dates_in_words(kind: str, value: str, short: str, on_document: str) -> None:
    motion: Any = SimpleNamespace(language="ru")
    field: Any = SimpleNamespace(type=kind)

    assert display(motion, field, value).replace(NBSP, " ") == short
    assert display(motion, field, value, on_paper=True).replace(NBSP, " ") == on_document


def test_the_service_has_no_body() -> None:
    assert Act(author=None, author_text="ecase").author_in("ru") == "ecase"
