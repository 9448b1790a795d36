"""A catalogue with faults is refused, each fault at its file and line, all at once."""

from pathlib import Path

import pytest

from tests.statute.conftest import rewriter
from workflows.statute.loading import read_folder
from workflows.statute.reading import CatalogueError
from workflows.statute.schema import Catalogue

NOT_ONE_OF, NO_FIELD = "is not one of", "there is no field"
ARREST, EXTENSION, SEARCH = "arrest.yaml", "extension.yaml", "search.yaml"
LENGTH = "{field: term_starts, amount: 2, unit: months}"
ROUTE = "special_person_route: {when: [{field: immunity, op: eq, value: true}], "
DECIDE = 'label: {kk: "Шешу", ru: "Решить", en: "Decide"}'


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        read_folder(folder)
    return str(caught.value).splitlines()


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_the_specimen_is_a_catalogue(specimen: Path) -> None:
    assert set(read_folder(specimen).kinds) == {"arrest", "extension", "search"}


SHAPE = [
    (ARREST, "subject: suspect", "colour: red", "'colour' is not known here (Kind)"),
    (ARREST, "    mark: S\n    review: unreviewed\n    " + DECIDE, "    " + DECIDE, "'review' is missing (Term)"),
    (ARREST, '    article: "1"\n    mark: S', "    mark: S", "'article' is missing (Term)"),
    (ARREST, "role: consent", "role: assent", "'assent' is not one of"),
    (ARREST, "may_return: true", "may_return: perhaps", "'perhaps' is not of type bool"),
    (ARREST, "met_by: [protocol]", "met_by: [ruling]", "'ruling' is neither an act nor an event of the kind"),
    (ARREST, "capacities: [suspect]", "capacities: [hero]", "'hero' is not one of"),
    (ARREST, "author_roles: [investigator]", "author_roles: investigator", "a list is expected"),
    (ARREST, "subject: suspect", "subject: suspect\nsubject: suspect", "written twice"),
    (ARREST, 'en: "Arrest"', 'en: ""', "'en' is empty"),
    (SEARCH, "  mark: U\n", "  mark: U\n  longest: {amount: 30, unit: days}\n", "marked U (unknown)"),
    ("acts.yaml", "  agreement:\n", "  consent:\n", "'consent' is not an act"),
    ("acts.yaml", "key: court", "key: palace", "the form of 'transfer' needs a field 'court'"),
    ("acts.yaml", "  restoration:", "  closure:", "the form of 'restoration' needs a field 'restored'"),
    ("acts.yaml", "acts:\n", "extra: 1\nacts:\n", "'extra' is not known here"),
    ("catalogue.yaml", "valid_from: 2026-01-01", "valid_from: soon", "is not a date"),
    ("catalogue.yaml", "jurisdiction: nowhere\n", "", "'jurisdiction' is missing"),
    ("catalogue.yaml", "valid_from: 2026-01-01", "valid_from: [", "cannot be read"),
    ("catalogue.yaml", "  judge: [0.5, 0.9]", "  judge: [0.5, 1.5]", "fraction between 0 and 1"),
    ("catalogue.yaml", "  judge: [0.5, 0.9]", "  jester: [0.5]", "'jester' is not a role"),
    ("catalogue.yaml", "[{at: 0.9,", "[{at: 0,", "not a fraction greater than 0"),
]
FORMS = [
    (ARREST, "value: short", "value: six", "'six' is not a choice of 'penalty'"),
    (ARREST, "required_if: {field: penalty", "required_if: {field: penlty", "no field 'penlty'"),
    (ARREST, "key: exception", "key: suspect", "'suspect' is used twice"),
    (ARREST, "key: exception", "key: Exception", "is not a key"),
    (ARREST, "then_problem: held_since,", "", "either 'then_required' or 'then_problem'"),
    (ARREST, "then_problem: held_since,", "then_required: [nobody],", "no field 'nobody'"),
    (ARREST, f"value: {LENGTH}", "value: {field: term_starts}", "a length is"),
    (ARREST, f"later_than, value: {LENGTH}", "later_than, value: now", "compares with a length"),
    (ARREST, "unit: months}}],", "unit: moons}}],", "an amount is a whole number"),
    (ARREST, "op: present", "op: present, value: 1", "'value' goes with"),
    (SEARCH, "type: persons", "type: text, choices: [{key: a, label: {kk: a, ru: a, en: a}}]", "has no 'choices'"),
    (SEARCH, "type: persons", "type: text, capacities: [owner]", "has no 'capacities'"),
]
SHARING = [
    (ARREST, "use: [hearing]", "use: [hearings]", "no group 'hearings'"),
    (ARREST, "same_as: two_texts", "same_as: three_texts", "no shared rule 'three_texts'"),
    (ARREST, "same_as: field_instant", "same_as: two_texts", "no shared rule 'two_texts' of this form"),
    ("rules.yaml", "same_as: appeal,", "same_as: appeal_later,", "no shared rule 'appeal_later'"),
    ("rules.yaml", "shared:\n", "shared:\n  field_text: {}\n", "'field_text' is written twice (fields.yaml:"),
]
RULES = [
    (ARREST, "key: arrest\n", "key: arest\n", "in a file of another name"),
    (ARREST, "subject: suspect", "subject: penalty", "not a field of type 'person'"),
    (ARREST, "group: measures", "group: means", "no group 'means' in the catalogue"),
    (ARREST, "required_if: {field: immunity", "required_if: {field: imunity", "no field 'imunity'"),
    (ARREST, "outcomes: [refused]", "outcomes: [granted]", "no outcome 'granted'"),
    (ARREST, "outcomes: [sanctioned]\n", "outcomes: [granted]\n", "no outcome 'granted'"),
    (ARREST, "decisions: [sanctioned]", "decisions: [granted]", "no outcome 'granted'"),
    (EXTENSION, "outcomes: [extended]", "outcomes: [longer]", "no outcome 'longer'"),
    (EXTENSION, "kinds: [arrest, extension]", "kinds: [arest]", "no kind 'arest'"),
    (ARREST, "person_field: suspect", "person_field: penalty", "'penalty' is not a field of type 'person'"),
    (ARREST, "field: anew, article", "field: immunity, article", "not a field of type 'text' or 'long_text'"),
    (ARREST, ROUTE, "special_person_route: {", "says 'when'"),
    (ARREST, ROUTE, ROUTE.replace("immunity", "rank"), "no field 'rank'"),
]
TERMS = [
    (ARREST, 'starts_on: ["field:held_since"]', 'starts_on: ["field:held"]', "is not an instant"),
    (ARREST, "starts_on: [registration]", "starts_on: [receipt]", "neither an act nor"),
    (ARREST, "amounts: {long: 72, short: 48}", "amounts: {long: 72}", "do not match the choices"),
    (ARREST, "by_choice: {field: penalty", "by_choice: {field: immunity", "not a field of type 'choice'"),
    (
        ARREST,
        "amount: 8\n",
        "by_choice: {field: penalty, amounts: {long: 1, short: 2}}\n    amount: 8\n",
        "exactly one",
    ),
    (ARREST, "amount: 8\n", "amount: 0\n", "goes with 'less' or 'less_by'"),
    (ARREST, "amount: 8\n", "amount: 8\n    extendable_to: {amount: 9, unit: hours}\n", "go together"),
    (ARREST, "remind: [0.5, 0.85]", "remind: [0.5, 1.5]", "fraction between 0 and 1"),
    (ARREST, "escalate: [{at: 0.9,", "escalate: [{at: 0,", "not a fraction greater than 0"),
    (EXTENSION, "amounts: {three: 7, nine: 10}", "amounts: {three: 7}", "do not match the choices of 'step'"),
    (EXTENSION, "amounts: {nine: 5}", "amounts: {three: 3, nine: 5}", "for which the term applies"),
]
EVENTS = [
    (ARREST, 'met_by: ["event:done"]', 'met_by: ["event:over"]', "'event:over' is neither an act nor an event"),
    (ARREST, 'starts_on: ["event:begun"]', 'starts_on: ["event:start"]', "neither an act nor an event of the kind nor"),
    (ARREST, "after: begun", "after: done", "there is no other event 'done'"),
    (ARREST, "after: begun, ", "", "have the same 'by'"),
    (ARREST, "key: done", "key: begun", "the key 'begun' is used twice"),
    (ARREST, "key: findings", "key: event", "'event' is used twice among the events"),
    (ARREST, "tells: [judge], outcomes: [sanctioned]", "tells: [judge], outcomes: [given]", "no outcome 'given'"),
    (ARREST, "applies_when: [{field: immunity", "applies_when: [{field: imunity", "no field 'imunity'"),
    ("acts.yaml", "key: event}", "key: what}", "needs a field 'event'"),
]
PATHS = [
    (SEARCH, "field: urgent, ", "", "go together"),
    (SEARCH, "field: urgent, ", "field: place, ", "'place' is not a field of type 'boolean'"),
    (SEARCH, "allowed: true, field", "allowed: false, field", "though nothing may be done first"),
    (SEARCH, "inadmissible: true", "inadmissible: true, path: ordinary", "written twice"),
    (SEARCH, "key: unlawful, path: urgent", "key: unlawful", "'inadmissible' goes with a refusal"),
    (EXTENSION, "step_field: step", "step_field: ends", "not a field of type 'choice'"),
    (EXTENSION, "- {key: nine, levels", "- {key: ten, levels", "are not the steps of the ladder"),
    (EXTENSION, "authors: [prosecutor]", "authors: [head_of_unit]", "not among the 'author_roles'"),
    (EXTENSION, "levels: [oblast]", "levels: [county]", "'county' is not one of"),
    (ARREST, "ends_field: term_ends", "ends_field: penalty", "'penalty' is not a field of type 'instant'"),
    (ARREST, "starts_field: term_starts", "starts_field: began", "'began' is not a field of type 'instant'"),
    (ARREST, "warn_before: {amount: 24, unit: hours}, ", "", "'warn_before' is missing"),
    (ARREST, "form: {use: hearing}", "form: {}", "an instant 'announced_at'"),
    ("rules.yaml", "allowed: true", "allowed: false", "'outcomes' go with an appeal that is allowed"),
    ("rules.yaml", "    who: [{same_as: appellants}]\n", "", "'who' go with an appeal that is allowed"),
    ("acts.yaml", "  appeal:\n", "  supplement:\n", "not an appellant whom the form of an appeal knows"),
]


@pytest.mark.parametrize(("name", "old", "new", "told"), [*SHAPE, *FORMS, *SHARING, *RULES, *TERMS, *EVENTS, *PATHS])
def test_one_fault(specimen: Path, name: str, old: str, new: str, told: str) -> None:
    rewriter(specimen)(name, old, new)
    faults = faults_of(specimen)
    assert any(told in fault for fault in faults), faults
    assert all(fault.split(":")[1].isdigit() for fault in faults), faults


def test_the_line_is_the_one_at_fault(specimen: Path) -> None:
    rewriter(specimen)(ARREST, "role: consent", "role: assent")
    assert f"{ARREST}:{line_of(specimen, ARREST, 'role: assent')}:" in faults_of(specimen)[0]


def test_a_fault_of_a_shared_rule_is_named_once_where_it_is_written(specimen: Path) -> None:
    rewriter(specimen)("rules.yaml", "unit: days", "unit: nights")
    faults = [fault for fault in faults_of(specimen) if "'nights'" in fault]
    assert [fault.split(":")[:2] for fault in faults] == [
        ["rules.yaml", str(line_of(specimen, "rules.yaml", "nights"))]
    ]


def test_all_faults_of_all_files_at_once_in_order(specimen: Path) -> None:
    change = rewriter(specimen)
    change(ARREST, "role: consent", "role: assent")
    change(ARREST, "remind: [0.5, 0.85]", "remind: [0.5, 2.5]")
    change(SEARCH, "role: notify_copy", "role: none_at_all")
    assert [fault.split(":")[0] for fault in faults_of(specimen)] == [ARREST, ARREST, SEARCH]


def test_a_missing_head_is_named(specimen: Path) -> None:
    (specimen / "acts.yaml").unlink()
    assert faults_of(specimen) == ["acts.yaml:1: the file is missing from specimen"]


def test_an_empty_file_is_named(specimen: Path) -> None:
    (specimen / "search.yaml").write_text("", encoding="utf-8")
    assert "search.yaml:1: the file is empty" in faults_of(specimen)


# -- sharing ----------------------------------------------------------------------------------------------------------


def read(specimen: Path) -> Catalogue:
    return read_folder(specimen)


def test_what_stands_beside_same_as_takes_precedence(specimen: Path) -> None:
    appeals = {key: kind.appeal for key, kind in read(specimen).kinds.items()}
    assert (appeals["arrest"].article, appeals["arrest"].suspensive) == ("10", True)
    assert (appeals["search"].article, appeals["search"].suspensive) == ("11", False)
    assert appeals["arrest"].outcomes == appeals["search"].outcomes


def test_a_shared_list_comes_in_the_place_of_its_entry(specimen: Path) -> None:
    fields = read(specimen).kinds["arrest"].form.fields
    assert [(field.key, field.article) for field in fields[-2:]] == [("first", "1"), ("second", "2")]


def test_groups_stand_on_shared_fields_and_come_before_own_ones(specimen: Path) -> None:
    keys = [field.key for field in read(specimen).kinds["arrest"].outcome("sanctioned").form.fields]
    assert keys == ["held_at", "announced_at", "term_starts", "term_ends"]
