"""What the documentation says about the code is so."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from signatures.canonical import check
from signatures.x509.trust_policy import PURPOSES
from workflows.motions.acts.registry import SERVICE_ACTS, SPECS
from workflows.motions.acts.spec import Moves
from workflows.motions.models import Motion
from workflows.motions.states import FINAL_STATES, AppealState, State

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
READ = re.compile(r"""(?:environ(?:\.get\(|\[)|env\.\w+\()\s*"([A-Z][A-Z_]+)["]""")
# Of the shell, of pytest's own machinery, or of Django: nobody sets them for ecase.
FOREIGN = {"PATH", "DISPLAY", "WAYLAND_DISPLAY"}


def pages() -> list[Path]:
    """Every page of documentation, wherever it stands."""
    folders = (DOCS, ROOT / "examples", ROOT / "fixtures")
    return sorted([*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))])


def rows(page: str) -> set[str]:
    """The names in the first column of a page's tables."""
    return set(re.findall(r"^\| `([A-Za-z_.-]+)`", (DOCS / "reference" / page).read_text(), re.MULTILINE))


# -- settings -----------------------------------------------------------------------------------------------------


def test_every_setting_is_documented_and_no_other() -> None:
    sources = [path for room in ("api", "ecase", "signatures", "workflows", "examples") for path in _sources(room)]
    read = {name for path in sources for name in READ.findall(path.read_text())} - FOREIGN
    assert "ECASE_MODE" in read
    assert rows("settings.md") == read


def _sources(room: str) -> Iterator[Path]:
    return (ROOT / room).rglob("*.py")


# -- commands and links -------------------------------------------------------------------------------------------


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for path in pages() for name in re.findall(r"(?:^|`)make ([a-z]+)", path.read_text(), re.MULTILINE)}
    assert named
    assert named <= targets


def test_every_management_command_in_the_documents_exists() -> None:
    from django.core.management import get_commands

    named = {name for path in pages() for name in re.findall(r"manage\.py ([a-z_]+)", path.read_text())}
    assert named
    assert named <= set(get_commands())


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    dead = [link for link in _links(page) if not _leads_somewhere(page, link)]
    assert not dead, f"{page.relative_to(ROOT)}: {', '.join(dead)}"


def _links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)", page.read_text())


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _hash, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code forges make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_of_documentation_is_reachable_from_its_index() -> None:
    indexed = {(DOCS / link.partition("#")[0]).resolve() for link in _links(DOCS / "README.md")}
    decisions = {(DOCS / "adr" / link).resolve() for link in _links(DOCS / "adr" / "README.md")}
    missing = set(DOCS.rglob("*.md")) - indexed - decisions - {DOCS / "README.md", DOCS / "benchmarks.md"}
    assert not missing


# -- states and acts ----------------------------------------------------------------------------------------------


def act_rows() -> Iterator[str]:
    """The table of ``acts-and-states.md`` as the code states it."""
    for spec in SPECS.values():
        who = ", ".join(sorted(role.value for role in spec.roles)) or "the service"
        sources, targets = _transitions(spec.moves)
        opened = "yes" if spec.reads_first else ""
        yield f"| `{spec.type}` | {who} | {', '.join(sources)} | {' or '.join(targets) or 'stays'} | {opened} |"


def _transitions(moves: Moves) -> tuple[list[str], list[str]]:
    """From where an act's transitions lead where to; of an appeal's, with the name of its machine."""
    (machine,) = {name for name in ("state", "appeal_state") if _of(name, moves.required)}
    values: type[State | AppealState] = State if machine == "state" else AppealState
    known = [str(value) for value in values]
    targets = {str(found.target) for name in moves.names for found in _of(machine, name) if found.target}
    mark = "" if machine == "state" else "appeal: "
    sources = sorted((str(found.source) for found in _of(machine, moves.required)), key=known.index)
    return [mark + sources[0], *sources[1:]], [value for value in known if value in targets]


def _of(machine: str, name: str) -> list[Any]:
    field: Any = Motion._meta.get_field(machine)
    return [transition for transition in field.get_all_transitions(Motion) if transition.name == name]


def test_the_table_of_acts_is_the_one_in_the_code() -> None:
    page = (DOCS / "reference" / "acts-and-states.md").read_text()
    stated = [line for line in page.splitlines() if line.startswith("| `") and line.count("|") == 6]
    assert stated == list(act_rows())


def test_every_state_is_described() -> None:
    page = (DOCS / "reference" / "acts-and-states.md").read_text()
    assert {str(state) for state in [*State, *AppealState]} <= rows("acts-and-states.md")
    for state in FINAL_STATES:
        assert re.search(rf"^\| `{state}` \| final", page, re.MULTILINE), state
    assert all(SPECS[act_type].roles == frozenset() for act_type in SERVICE_ACTS)


# -- glossary -----------------------------------------------------------------------------------------------------


def test_every_term_of_the_glossary_stands_in_the_code() -> None:
    named = re.findall(r"`([a-z_.]+(?:\.[A-Z]\w+)?)`", (DOCS / "reference" / "glossary.md").read_text())
    assert len(named) > 45
    for path in named:
        module, _dot, name = path.rpartition(".")
        found = importlib.import_module(module if name[0].isupper() else path)
        assert not name[0].isupper() or hasattr(found, name), path


# -- signatures ---------------------------------------------------------------------------------------------------


def test_the_example_of_an_act_is_canonical() -> None:
    page = (DOCS / "reference" / "signatures.md").read_text()
    (example,) = re.findall(r"```json\n(\{.*?\})\n```", page, re.DOTALL)
    assert check(example.encode())["schema"] == "ecase.act/1"


def test_the_purposes_of_a_trust_folder_are_named() -> None:
    page = (DOCS / "reference" / "signatures.md").read_text()
    assert f"purpose: {' | '.join(PURPOSES)}" in page


# -- words --------------------------------------------------------------------------------------------------------


def test_the_tutorial_names_what_the_pages_say() -> None:
    page = (DOCS / "tutorial" / "first-motion.md").read_text()
    table = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    labels = [row for row in table if row[0] != "English" and not row[0].startswith("---")]
    catalogues = {language: _catalogue(language) for language in ("kk", "ru")}
    assert labels
    for english, kazakh, russian in labels:
        assert catalogues["kk"][english] == kazakh
        assert catalogues["ru"][english] == russian


def _catalogue(language: str) -> dict[str, str]:
    path = ROOT / "ecase" / "portal" / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as stream:
        found = read_po(stream, locale=language)
    return {str(message.id): str(message.string) for message in found}
