"""Input of a paper: the facts of one act, filled in by ``workflows.motions``, rendered by ``workflows.papers``.

Everything here is data. Texts are plain strings in the paper's own language and are never read as markup; instants are
aware datetimes and are printed in the installation's time zone; sentences come from ``wording/<language>.yaml``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from workflows.act_types import ActType

Language = Literal["kk", "ru", "en"]
# Empty: of a legal person, whose name is not declined.
Sex = Literal["female", "male", ""]
Part = Literal["", "introduction", "reasoning", "resolution"]


@dataclass(frozen=True)
class Name:
    """A person's name in the nominative, by parts, for declension."""

    surname: str
    given_name: str
    patronymic: str = ""
    sex: Sex = "male"

    @property
    def full(self) -> str:
        """Surname, given name, patronymic."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


@dataclass(frozen=True)
class Official:
    """An officer in a post.

    ``role`` is a value of ``ecase.officers.models.Role``; names of bodies are in the paper's language.
    """

    name: Name
    role: str
    organisation: str
    place: str = ""


@dataclass(frozen=True)
class Participant:
    """A person concerned by the paper. ``capacity`` is a value of ``ecase.cases.models.Person.Capacity``."""

    name: Name
    capacity: str
    birth_date: date | None = None


@dataclass(frozen=True)
class CaseFacts:
    """The case: its number in the ERDR, and the articles of the Criminal Code."""

    number: str
    qualification: str


@dataclass(frozen=True)
class KindFacts:
    """The kind: its name in the paper's language and its articles, such as ``"147, 148"``."""

    name: str
    articles: str
    key: str = ""


@dataclass(frozen=True)
class MotionFacts:
    """The motion that an act answers. ``number`` is the court's, empty before registration."""

    author: Official
    filed_at: datetime | None = None
    number: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of equal length under a header (which may be empty)."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A labelled part of the facts: paragraphs, or a table, or both.

    ``part`` is the part of a protocol that states it; if empty, short sections go to the resolution and long ones to
    the reasoning. Other papers do not divide their facts.
    """

    label: str
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    key: str = ""
    part: Part = ""


@dataclass(frozen=True)
class AttachedFile:
    """A file that belongs to the motion: ``size`` in bytes, ``sha256`` in 64 hex digits, ``requirement`` a label."""

    name: str
    size: int
    sha256: str
    requirement: str = ""


@dataclass(frozen=True)
class HearingFacts:
    """A hearing that was held (protocol) or is ordered (hearing order); None for values not known or not stated."""

    at: datetime
    place: str = ""
    videolink: bool | None = None
    closed: bool | None = None
    participants: tuple[str, ...] = ()
    secretary: str = ""


@dataclass(frozen=True)
class OutcomeFacts:
    """A decision: key and label of the outcome, its article, and whether it grants the motion.

    ``checked`` says that it checks a step taken without a sanction, ``inadmissible`` that the results of that step are
    no evidence. Of a ruling on an appeal, ``grants`` says that the appeal is granted.
    """

    key: str
    label: str
    grants: bool
    article: str = ""
    checked: bool = False
    inadmissible: bool = False


@dataclass(frozen=True)
class TermFacts:
    """A term or a validity: label, and its first and last instant if known."""

    label: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    article: str = ""


@dataclass(frozen=True)
class EarlierAct:
    """An earlier act: its type, author, instant, and the SHA-256 of its signed bytes."""

    type: str
    author: str
    at: datetime
    sha256: str = ""


@dataclass(frozen=True)
class SuggestionUse:
    """The suggestion that the text of a decision was made from.

    ``engine`` names what made it, with its version; ``share``, 0 to 1, is the part of its own words that was kept.
    """

    engine: str
    id: str
    share: float


@dataclass(frozen=True)
class Paper:
    """One act as a paper.

    ``template`` is the act type. ``author`` is None for acts that the service seals itself. ``sections`` are the
    labelled facts of this act (the motion's fields; the outcome's fields of a decision), ``motion_sections`` those of
    the motion, which the acts that answer it repeat. ``reasons`` are the author's own paragraphs, ``norms`` sentences
    on the law applied. ``operative`` adds to the resolution's numbered points. ``verify_url`` is printed and drawn as a
    QR code; ``fingerprint`` is a SHA-256 shown in short. ``preview`` adds a watermark to every page. ``suggestion`` is
    named in the text and in the metadata.
    """

    template: str
    language: Language
    act_id: str
    prepared_at: datetime
    case: CaseFacts
    kind: KindFacts
    author: Official | None = None
    addressee: str = ""
    place: str = ""
    motion: MotionFacts | None = None
    outcome: OutcomeFacts | None = None
    judge: Official | None = None
    persons: tuple[Participant, ...] = ()
    sections: tuple[Section, ...] = ()
    motion_sections: tuple[Section, ...] = ()
    reasons: tuple[str, ...] = ()
    norms: tuple[str, ...] = ()
    operative: tuple[str, ...] = ()
    attachments: tuple[AttachedFile, ...] = ()
    hearing: HearingFacts | None = None
    terms: tuple[TermFacts, ...] = ()
    appeal: str = ""
    service: tuple[str, ...] = ()
    previous: tuple[EarlierAct, ...] = ()
    verify_url: str = ""
    fingerprint: str = ""
    installation: str = ""
    preview: bool = False
    suggestion: SuggestionUse | None = None

    def __post_init__(self) -> None:
        if self.template not in ActType.values:
            raise ValueError(f"there is no paper {self.template!r}")
        if self.language not in ("kk", "ru", "en"):
            raise ValueError(f"there is no wording in {self.language!r}")
        if self.prepared_at.tzinfo is None:
            raise ValueError("prepared_at must be aware of its time zone")
