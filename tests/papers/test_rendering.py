"""Papers are rendered for real and read back by another program (pypdf)."""

import re
import time
import unicodedata
from datetime import timedelta
from functools import lru_cache
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.papers.conftest import ACT_ID, AT, CLERK, PROSECUTOR, SEALED, URL, PaperMaker, author_of
from workflows.act_types import ActType
from workflows.papers import facts, render
from workflows.papers.composition import Letter, blocks
from workflows.papers.rendering import document
from workflows.papers.wording import words

LANGUAGES = ("kk", "ru", "en")
EVERY = [(template, language) for template in sorted(ActType.values) for language in LANGUAGES]


@lru_cache(maxsize=1000)
def text_of(pdf: bytes) -> str:
    """All the text, spaces made alike: justification and page breaks are not what is tested.

    Reading takes far longer than rendering. What has been read is kept by the very bytes, so no fault can hide in it.
    """
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    return squeeze("\n".join(pages))


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("-", "").replace("\u00ad", "").lower()


def has(pdf: bytes, *expected: str) -> None:
    found = text_of(pdf)
    missing = [text for text in expected if squeeze(text) not in found]
    assert not missing


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_every_fact_is_on_the_paper(paper: PaperMaker, template: str, language: str) -> None:
    made = paper(template, language)
    pdf, said = render(made), words(language)
    has(
        pdf,
        said.act(template)["title"],
        "257500031000123",
        "Күзетпен ұстау",
        ACT_ID,
        URL,
        "0123 4567 89ab cdef",
    )
    has(pdf, "Жұмабек Дәурен Сейітұлы", "1990", said.capacity(made.persons[0]), "Хаттама.pdf", "ab" * 32)
    has(pdf, "Мерзімі", "2 ай", "Күдіктің негізділігі тексерілді.", "ef" * 32)
    has(pdf, "148-бап: тергеу судьясы", "Орындау тергеушіге жүктелсін.", "Шағым үш тәулік ішінде беріледі.")
    has(pdf, "күдікті", "тергеуші", "Ұстап алу хаттамасы", "3-зал", "Б. Темірова", said.act_name("agreement"))
    has(pdf, said.period(AT, AT + timedelta(days=60)), said.article("151(1)"), said.instant(AT))


@pytest.mark.parametrize("template", sorted(ActType.values))
def test_only_what_answers_the_motion_tells_it_again(paper: PaperMaker, template: str) -> None:
    repeats = {"approval", "agreement", "refusal", "return", "protocol", "endorsement", "appeal_ruling"}
    told = squeeze("Мүлік ашық ұрланған.") in text_of(render(paper(template)))
    assert told == (template in repeats)


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_the_signature_block_names_who_signs(paper: PaperMaker, template: str, language: str) -> None:
    author, said = author_of(template), words(language)
    claim = said.data["signature"]["service" if template in SEALED else "officer"]
    name = "ecase-demo" if author is None else author.name.surname
    above = template in ("appeal_recusal", "appeal_ruling")
    role = "appellate_judge" if above else author.role if author else "service"
    has(render(paper(template, language)), claim, name, said.role(role))


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_no_placeholder_is_left_open(paper: PaperMaker, template: str, language: str) -> None:
    empty: dict[str, Any] = {"sections": (), "motion_sections": (), "persons": (), "attachments": (), "hearing": None}
    empty |= {
        "terms": (),
        "previous": (),
        "service": (),
        "outcome": None,
        "appeal": "",
        "fingerprint": "",
        "addressee": "",
    }
    bare = paper(template, language, reasons=(), norms=(), operative=(), verify_url="", **empty)
    found = text_of(render(bare))
    assert "{" not in found
    assert "none" not in found


def test_it_is_pdf_a_2b(paper: PaperMaker) -> None:
    reader = PdfReader(BytesIO(render(paper())))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]
    assert re.search(r'pdfaid:part(>|=")2', metadata)
    assert re.search(r'pdfaid:conformance(>|=")B', metadata)
    assert reader.metadata is not None
    assert reader.metadata.creation_date == AT


def test_every_font_is_embedded_and_from_this_package(paper: PaperMaker) -> None:
    fonts = _fonts(render(paper()))
    assert fonts
    assert all("FontFile3" in keys or "FontFile2" in keys for keys in fonts.values())
    assert all("Libertinus" in name or "DejaVuSansMono" in name for name in fonts)


def _fonts(pdf: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found[str(inner["/BaseFont"])] = " ".join(inner["/FontDescriptor"].get_object().keys())
    return found


def test_kazakh_letters_come_through(paper: PaperMaker) -> None:
    letters = "ӘәІіҢңҒғҮүҰұҚқӨөҺһ Ёё Ъъ № ₸"
    has(render(paper(reasons=(letters,))), letters)


def test_the_same_facts_give_the_same_bytes(paper: PaperMaker) -> None:
    assert render(paper()) == render(paper())
    assert render(paper()) != render(paper(act_id="another"))


def test_a_preview_says_so_on_every_page_and_cannot_be_verified(paper: PaperMaker) -> None:
    long = tuple(f"Дәлел {number}. " + "Мән-жайлар зерттелді. " * 30 for number in range(12))
    pdf = render(paper(preview=True, reasons=long))
    pages = [squeeze(page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]
    assert len(pages) > 2
    assert all(squeeze(words("kk").data["watermark_note"]) in page for page in pages)
    assert squeeze(URL) not in "".join(pages)
    assert squeeze(words("kk").data["watermark_note"]) not in text_of(render(paper()))


def test_pages_are_numbered(paper: PaperMaker) -> None:
    long = tuple("Мән-жайлар зерттелді. " * 40 for _ in range(12))
    pages = PdfReader(BytesIO(render(paper(reasons=long)))).pages
    for number, page in enumerate(pages, start=1):
        assert squeeze(f"{number} / {len(pages)}") in squeeze(page.extract_text())


def test_a_long_text_keeps_its_first_and_its_last_word(paper: PaperMaker) -> None:
    text = "\n".join(f"Абзац {number}: " + "обстоятельства дела проверены, " * 12 for number in range(80))
    has(
        render(paper(language="ru", reasons=(f"начало\n{text}\nконец-делу-венец",))),
        "начало",
        "Абзац 79",
        "конец-делу-венец",
    )


HOSTILE = [
    '#import "/etc/passwd"',
    "#eval(sys.inputs)",
    '"; #panic("x") //',
    "$ x^2 $ *bold* _it_ `raw` = heading <label> @cite",
    "{case} {0} {author.__class__} %s %(x)s",
    "</svg><script>alert(1)</script>",
    "\\u{1F600} \\ \\n",
    "]] #text(red)[",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_markup(paper: PaperMaker, text: str) -> None:
    hostile = paper(
        reasons=(text,),
        addressee=text,
        case=facts.CaseFacts(text, text),
        kind=facts.KindFacts(text, text),
        sections=(facts.Section(text, (text,), facts.Table((text, text), ((text, text),))),),
        attachments=(facts.AttachedFile(text, 1, "00" * 32, text),),
        outcome=facts.OutcomeFacts("x", text, True, text),
    )
    assert text_of(render(hostile)).count(squeeze(text)) >= 8


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("a\x00b", "a[U+0000]b"),
        ("漢", "[U+6F22]"),
        ("😀", "[U+1F600]"),
        ("\ud800", "[U+D800]"),
        ("e\u0301", "é"),
        ("и\u0306", "й"),
        ("x\u0300\u0300", "x[U+0300][U+0300]"),
        ("со\u00adрок", "сорок"),
    ],
)
def test_what_cannot_be_seen_is_written_out(paper: PaperMaker, text: str, shown: str) -> None:
    has(render(paper(reasons=(text,))), shown)


def test_every_sign_that_is_said_to_be_shown_is_shown(paper: PaperMaker) -> None:
    from workflows.papers.glyphs import SHOWN

    signs = [" ".join(map(chr, range(low, high + 1))) for low, high in SHOWN]
    render(paper(reasons=tuple(signs), sections=(facts.Section("x", tuple(signs)),)))


def test_the_address_of_a_long_host_is_followed_and_copied_as_it_is(paper: PaperMaker) -> None:
    url = f"https://{'very-long-name.' * 8}example/verify/?act={ACT_ID}"
    pages = PdfReader(BytesIO(render(paper(verify_url=url)))).pages
    copied = "".join("".join(page.extract_text() for page in pages).split())
    links = [link.get_object()["/A"]["/URI"] for page in pages for link in page.get("/Annots", [])]
    assert url in copied
    assert set(links) == {url}


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_what_is_compared_sign_by_sign_is_whole(paper: PaperMaker, template: str, language: str) -> None:
    told = str(document(paper(template, language)))
    assert {ACT_ID, URL, "ab" * 32, "ef" * 32} - set(re.findall(r"[^'\s]+", told)) == set()


def test_a_word_longer_than_a_line_is_broken(paper: PaperMaker) -> None:
    pdf = render(paper(reasons=("я" * 5000,)))
    assert text_of(pdf).replace("\u200b", "").count("я") >= 5000


@pytest.mark.parametrize(
    "changes",
    [{"template": "verdict"}, {"language": "de"}, {"prepared_at": AT.replace(tzinfo=None)}],
    ids=["unknown act", "unknown language", "naive instant"],
)
def test_a_paper_that_cannot_be_is_refused(paper: PaperMaker, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no paper|no wording|time zone"):
        paper(**changes)


def test_a_refusal_reads_as_one(paper: PaperMaker) -> None:
    refused = facts.OutcomeFacts("refuse", "отказать", False, "148")
    has(render(paper("protocol", "ru", outcome=refused)), "не удовлетворять", "отказать")
    has(render(paper("endorsement", "ru", outcome=refused)), "Отказ в санкции", "В САНКЦИИ ОТКАЗЫВАЮ")
    has(render(paper("endorsement", "ru")), "САНКЦИОНИРУЮ")


def test_minutes_begin_with_the_hearing(paper: PaperMaker) -> None:
    kinds = [block["type"] for block in blocks(Letter(paper("minutes", "kk")))]
    assert kinds[:2] == ["para", "fields"]


def test_a_step_done_without_a_sanction_is_checked_and_not_granted(paper: PaperMaker) -> None:
    unlawful = facts.OutcomeFacts("unlawful", "Действие признано незаконным", False, "220(14)", True, True)
    found = render(paper("protocol", "ru", outcome=unlawful))
    has(found, "произведённого без санкции: действие признано незаконным (часть 14 статьи 220", "недопустимыми")
    assert squeeze("не удовлетворять") not in text_of(found)
    lawful = facts.OutcomeFacts("lawful", "действие признано законным", True, "220(14)", True)
    found = render(paper("protocol", "ru", outcome=lawful))
    has(found, "произведённого без санкции: действие признано законным")
    assert squeeze("удовлетворить") not in text_of(found)
    assert squeeze("недопустимыми") not in text_of(found)


def test_an_appeal_is_named_by_who_brings_it(paper: PaperMaker) -> None:
    has(render(paper("appeal", "ru")), "Жалоба", "Защитник Ниязова Г.С.", "просит областной")
    has(render(paper("appeal", "ru", author=PROSECUTOR)), "Ходатайство прокурора", "просит областной")
    has(render(paper("appeal", "kk", author=CLERK)), "Шағымды тіркеу", "шағым келіп түсті")
    has(render(paper("appeal_withdrawal", "en", author=PROSECUTOR)), "Withdrawal of the prosecutor's review motion")


def test_an_appeal_names_the_day_of_the_decision(paper: PaperMaker) -> None:
    decided = facts.EarlierAct("protocol", "А.Б. Ахметова", AT - timedelta(days=2), "cd" * 32)
    told = {"kk": "тергеу судьясының 2026 жылғы 19 қарашада шығарған шешімімен келіспей",
            "ru": "с решением следственного судьи от 19 ноября 2026 года по ходатайству",
            "en": "the investigating judge's decision of 19 November 2026 on the motion"}  # fmt: skip
    for language, sentence in told.items():
        has(render(paper("appeal", language, previous=(decided,))), sentence)
    has(render(paper("appeal", "ru", previous=())), "с решением следственного судьи по ходатайству")


def test_the_appellate_judge_is_no_investigating_judge(paper: PaperMaker) -> None:
    has(
        render(paper("appeal_ruling", "ru")), "Судья Досмағамбетов А.Қ. (Алматы қалалық соты)", "является окончательным"
    )


def test_names_stand_in_the_right_case(paper: PaperMaker) -> None:
    motion = facts.MotionFacts(facts.Official(facts.Name("Сериков", "Нурлан", "Болатович"), "investigator", "УВД"), AT)
    has(render(paper("protocol", "ru", motion=motion)), "возбуждённое следователем Сериковым Н.Б.")
    has(render(paper("assignment", "kk")), "тергеу судьясы А.Б. Ахметоваға қарауға берілді")
    has(render(paper("assignment", "ru")), "следственному судье Ахметовой А.Б.")


def test_a_woman_and_a_man_rule_in_their_own_forms(paper: PaperMaker) -> None:
    has(render(paper("refusal", "ru")), "УСТАНОВИЛА:", "ПОСТАНОВИЛА:")
    has(render(paper("motion", "ru")), "УСТАНОВИЛ:", "ПОСТАНОВИЛ:")


def test_without_a_hearing_the_judge_sits_alone(paper: PaperMaker) -> None:
    has(render(paper("protocol", "kk", hearing=None)), "сот отырысын өткізбей, жеке-дара қарап")
    assert squeeze("жеке-дара") not in text_of(render(paper("protocol", "kk")))


def test_a_paper_takes_little_time(paper: PaperMaker) -> None:
    """A loose bound against a regression of an order of magnitude; the benchmark has the figures."""
    render(paper())
    took = []
    for number in range(10):
        began = time.perf_counter()
        render(paper(act_id=str(number)))
        took.append(time.perf_counter() - began)
    assert sorted(took)[5] < 0.25
