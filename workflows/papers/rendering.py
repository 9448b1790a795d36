"""Blocks to pages: Typst in this process, with its embedded fonts, no files except ``templates/`` and no network."""

import json
import threading
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import segno
import typst

from workflows.papers.composition import Letter, blocks, titles
from workflows.papers.facts import Paper
from workflows.papers.glyphs import clean

TEMPLATES = Path(__file__).parent / "templates"
STANDARD: Final = "a-2b"
_lock = threading.Lock()


def render(paper: Paper) -> bytes:
    """The paper as PDF/A-2b (ISO 19005-2). The same facts give the same bytes; text is never markup.

    One compiler a process, and one paper at a time: each compiler holds fonts and parsed templates of its own, 15 MB.
    """
    facts, moment = json.dumps(document(paper), ensure_ascii=False), int(paper.prepared_at.timestamp())
    with _lock:
        made = _compiler().compile(format="pdf", pdf_standards=STANDARD, sys_inputs={"paper": facts}, timestamp=moment)
    return cast(bytes, made)


@cache
def _compiler() -> typst.Compiler:
    """It is not thread-safe."""
    main, empty = str(TEMPLATES / "paper.typ"), {"paper": "{}"}
    return typst.Compiler(main, root=str(TEMPLATES), ignore_system_fonts=True, sys_inputs=empty)


def document(paper: Paper) -> dict[str, Any]:
    """Everything that the template prints, cleaned, as one JSON object."""
    letter = Letter(paper)
    title, subtitle = titles(letter)
    body = clean({"title": title, "subtitle": subtitle, "blocks": blocks(letter), **_frame(letter)})
    moment = paper.prepared_at.astimezone(UTC)
    stamp = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second]
    qr = ""
    if paper.verify_url and not paper.preview:
        # Any mask can be read (ISO/IEC 18004, 7.8); choosing the best of eight takes longer than the page itself.
        code = segno.make(paper.verify_url, error="m", micro=False, mask=3)
        qr = str(code.svg_inline(border=0, dark="#14213d", omitsize=True))
    return {**body, "language": paper.language, "at": stamp, "preview": paper.preview, "qr": qr}


def _frame(letter: Letter) -> dict[str, Any]:
    """The frame of the text: letterhead, date and place, page footer, signature."""
    paper, wording = letter.paper, letter.words
    author = paper.author
    body = author.organisation if author else paper.installation
    return {
        "organisation": body,
        "addressee": paper.addressee if paper.template == "motion" else "",
        "addressee_label": wording.label("addressee"),
        "place": paper.place or (author.place if author else ""),
        "date": wording.instant(paper.prepared_at),
        "case": wording.label("case", case=paper.case.number),
        "number": wording.label("number", number=paper.motion.number) if paper.motion and paper.motion.number else "",
        "act_id": paper.act_id,
        "act_label": wording.label("act_id"),
        "clock": wording.label("clock", zone=wording.zone(paper.prepared_at)),
        "watermark": wording.data["watermark"],
        "watermark_note": wording.data["watermark_note"],
        **_made_from(letter),
        "page": wording.data["labels"]["page"],
        "signature": _signature(letter),
    }


def _made_from(letter: Letter) -> dict[str, Any]:
    """The suggestion that the text was made from, in a sentence and for programs: ``suggestion-kept:0.87``."""
    use = letter.paper.suggestion
    if use is None:
        return {"made_from": "", "marks": []}
    notice = letter.words.label("made_from", engine=use.engine, share=f"{use.share:.0%}".rstrip("%"), id=use.id)
    marks = {"engine": use.engine, "id": use.id, "kept": f"{use.share:.2f}"}
    return {"made_from": notice, "marks": [f"suggestion-{name}:{value}" for name, value in marks.items()]}


def _signature(letter: Letter) -> dict[str, Any]:
    paper, wording = letter.paper, letter.words
    author, texts = paper.author, wording.data["signature"]
    claim = texts["preview"] if paper.preview else texts["officer" if author else "service"]
    # The first 16 of 64 hex digits in groups of four, for comparison by eye.
    digest = paper.fingerprint[:16]
    rows = [
        (wording.label("prepared"), f"{wording.instant(paper.prepared_at)} ({wording.zone(paper.prepared_at)})"),
        (wording.label("act_id"), paper.act_id),
        (wording.label("fingerprint"), " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))),
    ]
    return {
        "claim": claim,
        "note": texts["note"],
        "role": letter.values["Role"],
        "organisation": author.organisation if author else "",
        "name": letter.values["author"],
        "rows": [row for row in rows if row[1]],
        "verify": wording.label("verify"),
        "url": "" if paper.preview else paper.verify_url,
    }
