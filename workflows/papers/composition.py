"""From facts to the blocks of a page: which parts a paper has, in which order, with which sentences.

A block is a JSON object with ``type``: ``para`` (text, indented), ``part`` (heading of a part), ``verb`` (the word
between two parts), ``section`` (label, paragraphs, table), ``fields`` (names and values), ``points`` (numbered),
``files``, ``acts``, ``mark`` (the framed word of an endorsement). ``templates/paper.typ`` lays them out and contains no
law and no language.
"""

from collections.abc import Callable, Iterator
from typing import Any

from workflows.papers.facts import Official, Paper, Section
from workflows.papers.glyphs import paragraphs
from workflows.papers.names import decline_short
from workflows.papers.wording import Words, local_time, words

Block = dict[str, Any]
# The longest text, in characters, that becomes a point of a resolution instead of a paragraph of reasons.
POINT = 160
DECISIONS = frozenset({"protocol", "endorsement"})
# Acts that answer the motion, and so restate it; every other act only names it.
ANSWERS = DECISIONS | {"approval", "agreement", "refusal", "return", "appeal_ruling"}


class Letter:
    """A paper with its wording: the facts that a sentence may name, and the blocks shared by several acts."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.words: Words = words(paper.language)
        self.act = self.words.act(paper.template)
        self.values = {**_own(paper, self.words), **_of_motion(paper, self.words), **_of_decision(paper, self.words)}
        # The facts of the act, after those of the motion if the act answers it.
        self.sections = (paper.motion_sections if paper.template in ANSWERS else ()) + paper.sections

    def say(self, sentence: str) -> str:
        """A sentence of the wording with its facts filled in. Facts are inserted, never interpreted."""
        return sentence.format_map(self.values)

    def para(self, key: str) -> Iterator[Block]:
        """The paragraph ``key`` of the act's wording, if it has one."""
        if key := self.wording_of(key):
            yield {"type": "para", "text": self.say(self.act[key]), "leads": True}

    def wording_of(self, key: str) -> str:
        """``key``, or the wording for the author's role where the act has one; empty if there is neither."""
        own = f"{key}_{self.paper.author.role}" if self.paper.author else key
        return next((candidate for candidate in (own, key) if candidate in self.act), "")

    def verb(self, key: str) -> Block:
        """The verb between two parts of a ruling, in the form for the author's sex."""
        sex = self.paper.author.name.sex if self.paper.author else "male"
        return {"type": "verb", "text": self.words.data["verbs"][key][sex]}

    def section(self, key: str, lines: list[str], style: str = "") -> Iterator[Block]:
        """A labelled list of lines; nothing for no lines."""
        if lines:
            yield {"type": "section", "label": self.words.label(key), "paragraphs": lines, "style": style}

    def points(self, *more: str) -> Block:
        """The numbered points of the act: those whose facts are present, and ``more``."""
        stated = self.act[self.wording_of("points")]
        written = [point if isinstance(point, dict) else {"when": "", "text": point} for point in stated]
        items = [self.say(point["text"]) for point in written if not point["when"] or self.values.get(point["when"])]
        return {"type": "points", "items": [item for item in (*items, *more) if item], "start": 1}


def _own(paper: Paper, wording: Words) -> dict[str, Any]:
    """Names for the act's own facts: its author, case, kind and instant."""
    author = paper.author
    role = wording.role(wording.act(paper.template).get("role") or (author.role if author else "service"))
    return {
        "case": paper.case.number,
        "qualification": paper.case.qualification,
        "kind": paper.kind.name,
        "articles_of_kind": wording.cite("basis", paper.kind.articles),
        "role": role,
        "Role": role[:1].upper() + role[1:],
        "author": _short(author, "nominative", paper),
        "author_ins": _short(author, "instrumental", paper),
        "organisation": author.organisation if author else paper.installation,
        "instant": wording.instant(paper.prepared_at),
        "addressee": paper.addressee,
        "attachments": paper.attachments,
        "attachments_count": len(paper.attachments),
        "service": "; ".join(paper.service),
    }


def _of_motion(paper: Paper, wording: Words) -> dict[str, Any]:
    """Names for the motion that is answered."""
    motion = paper.motion
    if motion is None:
        return {"number": ""}
    filed = local_time(motion.filed_at or paper.prepared_at).date()
    return {
        "number": motion.number,
        "motion_role": wording.role(motion.author.role),
        "motion_role_ins": wording.role(motion.author.role, "instrumental"),
        "motion_author": _short(motion.author, "nominative", paper),
        "motion_author_ins": _short(motion.author, "instrumental", paper),
        "motion_organisation": motion.author.organisation,
        "motion_date": wording.date(filed),
        "motion_date_in": wording.date(filed, "date_in"),
    }


def _of_decision(paper: Paper, wording: Words) -> dict[str, Any]:
    """Names for the decision, its author and its hearing."""
    outcome, hearing = paper.outcome, paper.hearing
    articles = f"{paper.kind.articles}, {outcome.article if outcome else ''}".split(", ")
    label = outcome.label if outcome else ""
    if not label[1:2].isupper():
        # Inside a sentence, unless it begins with an abbreviation.
        label = label[:1].lower() + label[1:]
    decisions = [local_time(act.at).date() for act in paper.previous if act.type in DECISIONS]
    # The day, in the form that follows the decision's name.
    days = {"date": wording.date(decisions[-1]), "date_in": wording.date(decisions[-1], "date_in")} if decisions else {}
    decided_on = str(wording.data["decided_on"]).format(**days) if days else ""
    return {
        "outcome": label,
        "outcome_article": wording.outcome_article(outcome.article) if outcome else "",
        "grants": bool(outcome and outcome.grants and not outcome.checked),
        "refuses": bool(outcome and not outcome.grants and not outcome.checked),
        "checked": bool(outcome and outcome.checked),
        "inadmissible": bool(outcome and outcome.inadmissible),
        "decided_on": decided_on,
        "articles_of_decision": wording.cite("basis", ", ".join(dict.fromkeys(filter(None, articles)))),
        "judge": paper.judge,
        "judge_dat": _short(paper.judge, "dative", paper),
        "hearing": hearing,
        "hearing_at": wording.instant(hearing.at) if hearing else "",
        "hearing_place": hearing.place if hearing else "",
        "videolink": hearing.videolink if hearing else False,
        "closed": hearing.closed if hearing else False,
    }


def _short(official: Official | None, case: str, paper: Paper) -> str:
    return decline_short(official.name, case, paper.language) if official else paper.installation


# -- blocks that several acts share --------------------------------------------------------------------------------


def _persons(letter: Letter) -> Iterator[Block]:
    wording, lines = letter.words, []
    for person in letter.paper.persons:
        born = wording.label("born", date=wording.date(person.birth_date)) if person.birth_date else ""
        lines.append(", ".join(filter(None, (person.name.full, born, wording.capacity(person)))))
    yield from letter.section("persons", lines, "list")


def _sections(sections: tuple[Section, ...]) -> Iterator[Block]:
    for section in sections:
        table, lines = section.table, paragraphs(*section.paragraphs)
        rows = {"header": table.header, "rows": table.rows} if table else None
        if lines or rows:
            yield {"type": "section", "label": section.label, "paragraphs": lines, "table": rows, "style": ""}


def _is_short(section: Section) -> bool:
    """Whether a section is a single statement short enough for a point."""
    lines = paragraphs(*section.paragraphs)
    return section.table is None and len(lines) == 1 and len(lines[0]) <= POINT


def _stated_in(part: str, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections that a protocol states in ``part``: short ones and tables usually in the resolution."""
    usual = ["resolution" if section.table or _is_short(section) else "reasoning" for section in sections]
    return tuple(section for section, part_of in zip(sections, usual, strict=True) if (section.part or part_of) == part)


def _hearing(letter: Letter) -> Iterator[Block]:
    hearing, label = letter.paper.hearing, letter.words.label
    if hearing is None:
        return
    modes = (
        ("hearing_open", "hearing_closed", hearing.closed),
        ("hearing_in_person", "hearing_videolink", hearing.videolink),
    )
    rows = [
        (label("hearing_at"), letter.words.instant(hearing.at)),
        (label("hearing_place"), hearing.place),
        (
            label("hearing_mode"),
            ", ".join(label(yes if is_so else no) for no, yes, is_so in modes if is_so is not None),
        ),
        (label("hearing_participants"), "; ".join(hearing.participants)),
        (label("hearing_secretary"), hearing.secretary),
    ]
    yield {"type": "fields", "label": label("hearing"), "rows": [row for row in rows if row[1]]}


def _terms(letter: Letter) -> Iterator[Block]:
    wording, rows = letter.words, []
    for term in letter.paper.terms:
        parts = (wording.period(term.starts_at, term.ends_at), wording.article(term.article))
        rows.append((term.label, ", ".join(filter(None, parts))))
    if rows:
        yield {"type": "fields", "label": wording.label("terms"), "rows": rows}


def _attachments(letter: Letter) -> Iterator[Block]:
    """The files of the motion, and the acts before this one."""
    wording, paper = letter.words, letter.paper
    if paper.attachments:
        items = [
            {"name": file.name, "size": wording.size(file.size), "sha256": file.sha256, "requirement": file.requirement}
            for file in paper.attachments
        ]
        header = [wording.label("file_name"), wording.label("file_size")]
        yield {"type": "files", "label": wording.label("attachments"), "header": header, "items": items}
    if paper.previous:
        acts = [
            {
                "act": wording.act_name(act.type),
                "author": act.author,
                "at": wording.instant(act.at),
                "sha256": act.sha256,
            }
            for act in paper.previous
        ]
        yield {"type": "acts", "label": wording.label("previous"), "items": acts}


def _closing(letter: Letter) -> Iterator[Block]:
    yield from _terms(letter)
    yield from letter.section("appeal", paragraphs(letter.paper.appeal))
    yield from letter.section("service", list(letter.paper.service), "list")
    yield from _attachments(letter)


# -- the papers ----------------------------------------------------------------------------------------------------


def _order(letter: Letter) -> Iterator[Block]:
    """An order or ruling other than a decision on the motion: motion, refusal, return, order of a hearing, lifting."""
    paper = letter.paper
    yield from letter.para("opening")
    yield letter.verb("found")
    yield from _persons(letter)
    yield from _sections(letter.sections)
    yield from letter.section("return_reasons" if paper.template == "return" else "reasons", paragraphs(*paper.reasons))
    yield from letter.section("norms", paragraphs(*paper.norms))
    yield from letter.para("ground")
    yield letter.verb("ordered")
    yield letter.points(*paper.operative)
    yield from _hearing(letter)
    yield from _closing(letter)


def _protocol(letter: Letter) -> Iterator[Block]:
    """The judge's reasoned ruling in its four parts (CPC Art. 198)."""
    paper, label = letter.paper, letter.words.label
    yield {"type": "part", "text": label("introduction")}
    yield from _hearing(letter)
    yield from _sections(_stated_in("introduction", paper.sections))
    yield from letter.para("opening_hearing" if paper.hearing else "opening")
    yield letter.verb("found")
    yield {"type": "part", "text": label("description")}
    yield from _persons(letter)
    if paper.motion_sections:
        yield from letter.para("description")
        yield from _sections(paper.motion_sections)
    yield {"type": "part", "text": label("reasoning")}
    yield from ({"type": "para", "text": line} for line in paragraphs(*paper.reasons))
    yield from _sections(_stated_in("reasoning", paper.sections))
    yield from letter.section("norms", paragraphs(*paper.norms), "quiet")
    yield from letter.para("ground")
    yield letter.verb("ordered")
    yield {"type": "part", "text": label("resolution")}
    yield from _resolution(letter)
    yield from _attachments(letter)


def _resolution(letter: Letter) -> Iterator[Block]:
    """The decision: points, the outcome's own fields, terms, copies and appeal."""
    paper = letter.paper
    stated = _stated_in("resolution", paper.sections)
    short = [section for section in stated if _is_short(section)]
    copies = letter.say(letter.act["copies"]) if paper.service else ""
    statements = []
    for section in short:
        text = section.paragraphs[0].strip()
        statements.append(f"{section.label}: {text}" + ("" if text.endswith((".", "!", "?", ";")) else "."))
    decided = letter.points(*statements, *paper.operative)
    yield decided
    yield from _sections(tuple(section for section in stated if section not in short))
    yield from _terms(letter)
    last = [point for point in (copies, paper.appeal) if point]
    yield {"type": "points", "items": last, "start": len(decided["items"]) + 1}


def _endorsement(letter: Letter) -> Iterator[Block]:
    """The short form: the judge's word on the investigator's own order (CPC Art. 198(2))."""
    paper = letter.paper
    granted = paper.outcome is None or paper.outcome.grants
    yield {"type": "mark", "text": letter.act["mark_granted" if granted else "mark_refused"], "granted": granted}
    yield from letter.para("opening")
    yield from _persons(letter)
    if paper.motion_sections:
        yield from letter.para("description")
        yield from _sections(paper.motion_sections)
    yield from _hearing(letter)
    yield from _sections(_stated_in("introduction", paper.sections))
    yield from letter.section("reasons", paragraphs(*paper.reasons))
    yield from _sections(_stated_in("reasoning", paper.sections))
    yield from letter.section("norms", paragraphs(*paper.norms), "quiet")
    yield from _resolution(letter)
    yield from _attachments(letter)


def _notice(letter: Letter) -> Iterator[Block]:
    """A short statement: agreement, withdrawal, report, and the records of the service itself.

    The minutes of a hearing (CPC Art. 56(2)) begin with its time and participants.
    """
    paper, is_minutes = letter.paper, letter.act["layout"] == "minutes"
    yield from letter.para("opening")
    if is_minutes:
        yield from _hearing(letter)
    elif "statement" in letter.act:
        yield {"type": "verb", "text": letter.act["statement"], "closed": True}
    yield letter.points(*paper.operative)
    yield from _persons(letter)
    yield from _sections(letter.sections)
    yield from letter.section("reasons", paragraphs(*paper.reasons))
    yield from letter.section("norms", paragraphs(*paper.norms))
    if not is_minutes:
        yield from _hearing(letter)
    yield from _closing(letter)


# By the `layout` of the act's wording.
_COMPOSERS: dict[str, Callable[[Letter], Iterator[Block]]] = {
    "notice": _notice,
    "order": _order,
    "minutes": _notice,
    "protocol": _protocol,
    "endorsement": _endorsement,
}


def blocks(letter: Letter) -> list[Block]:
    """The body of the paper, from its first sentence to the last table before the signature."""
    return list(_COMPOSERS[letter.act["layout"]](letter))


def titles(letter: Letter) -> tuple[str, str]:
    """Title and subtitle; a refused endorsement, and an appeal by its author's role, have titles of their own."""
    refused = letter.paper.outcome is not None and not letter.paper.outcome.grants
    key = "title_refused" if refused and "title_refused" in letter.act else letter.wording_of("title")
    return str(letter.act[key]), letter.say(letter.act["subtitle"])
