"""Facts of a fictional case, one set of them for every act type and language."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from workflows.papers import facts

AT = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
ACT_ID = "5f0c6a1e-8a7b-4c39-9a10-3f1c2f0e6b11"
URL = f"https://ecase.example/verify/{ACT_ID}"

JUDGE = facts.Official(facts.Name("Ахметова", "Айгүл", "Болатқызы", "female"), "judge", "Тергеу соты", "Алматы қаласы")
INVESTIGATOR = facts.Official(
    facts.Name("Серіков", "Нұрлан", "Ермекұлы"), "investigator", "Тергеу басқармасы", "Алматы"
)
PROSECUTOR = facts.Official(
    facts.Name("Оспанова", "Дана", "Қайратқызы", "female"), "prosecutor", "Прокуратура", "Алматы"
)
SUSPECT = facts.Participant(facts.Name("Жұмабек", "Дәурен", "Сейітұлы"), "suspect", date(1990, 5, 17))
HEAD = facts.Official(facts.Name("Қасымов", "Ерлан", "Асқарұлы"), "head_of_unit", "Тергеу басқармасы", "Алматы")
CHAIR = facts.Official(facts.Name("Бекенов", "Талғат", "Оразұлы"), "court_chair", "Тергеу соты", "Алматы қаласы")
CLERK = facts.Official(
    facts.Name("Темірова", "Бибігүл", "Маратқызы", "female"), "clerk", "Тергеу соты", "Алматы қаласы"
)
DEFENDER = facts.Official(facts.Name("Ниязова", "Гүлнар", "Серікқызы", "female"), "defender", "Адвокаттар алқасы")
APPELLATE = facts.Official(
    facts.Name("Досмағамбетов", "Арман", "Қуатұлы"), "judge", "Алматы қалалық соты", "Алматы қаласы"
)
SEALED = {"registration", "assignment", "delivery", "extension", "replacement", "closure", "expiry", "transmission",
          "appeal_assignment"}  # fmt: skip
AUTHORS = {
    **dict.fromkeys(["motion", "withdrawal", "correction", "format_order", "admission", "supplement",
                     "execution_report", "lifting", "event"], INVESTIGATOR),
    **dict.fromkeys(["protocol", "endorsement", "hearing_order", "recusal", "materials_request", "restoration"], JUDGE),
    **dict.fromkeys(["reassignment", "appeal_reassignment", "transfer"], CHAIR),
    **dict.fromkeys(["appeal", "appeal_withdrawal"], DEFENDER),
    "approval": HEAD,
    "minutes": CLERK,
    **dict.fromkeys(["appeal_recusal", "appeal_ruling"], APPELLATE),
}  # fmt: skip

PaperMaker = Callable[..., facts.Paper]


def author_of(template: str) -> facts.Official | None:
    return None if template in SEALED else AUTHORS.get(template, PROSECUTOR)


def make(template: str = "protocol", language: str = "kk", **changes: Any) -> facts.Paper:
    given: dict[str, Any] = {
        "template": template,
        "language": language,
        "act_id": ACT_ID,
        "prepared_at": AT,
        "case": facts.CaseFacts("257500031000123", "ҚК 188-б. 3-б."),
        "kind": facts.KindFacts("Күзетпен ұстау", "147, 148", "custody"),
        "author": author_of(template),
        "addressee": "Алматы қаласының прокуратурасы",
        "motion": facts.MotionFacts(INVESTIGATOR, AT - timedelta(hours=5), "7594-26-00-3/15"),
        "outcome": facts.OutcomeFacts("sanction", "екі айға санкциялау", True, "148(7)"),
        "judge": JUDGE,
        "persons": (SUSPECT,),
        "sections": (facts.Section("Мерзімі", ("2 ай",)),),
        "motion_sections": (facts.Section("Мән-жайлар", ("Мүлік ашық ұрланған.",)),),
        "reasons": ("Күдіктің негізділігі тексерілді.",),
        "norms": ("148-бап: тергеу судьясы сегіз сағат ішінде шешім шығарады.",),
        "operative": ("Орындау тергеушіге жүктелсін.",),
        "attachments": (facts.AttachedFile("Хаттама.pdf", 1_234_567, "ab" * 32, "Ұстап алу хаттамасы"),),
        "hearing": facts.HearingFacts(
            AT - timedelta(hours=1), "3-зал", True, True, ("прокурор Д.Қ. Оспанова",), "Б. Темірова"
        ),
        "terms": (facts.TermFacts("Күзет мерзімі", AT, AT + timedelta(days=60), "151(1)"),),
        "appeal": "Шағым үш тәулік ішінде беріледі.",
        "service": ("күдікті", "тергеуші"),
        "previous": (facts.EarlierAct("agreement", "Д.Қ. Оспанова", AT - timedelta(hours=2), "ef" * 32),),
        "verify_url": URL,
        "fingerprint": "0123456789abcdef" * 4,
        "installation": "ecase-demo",
    }
    return facts.Paper(**{**given, **changes})


@pytest.fixture
def paper() -> PaperMaker:
    return make
