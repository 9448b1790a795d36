"""G-A4, G-A5: a norm has conditions like checks and terms, and an article stands once where it applies."""

from pathlib import Path

import pytest

from tests.statute.conftest import rewriter
from workflows.statute.loading import read_folder
from workflows.statute.reading import CatalogueError
from workflows.statute.schema import Catalogue

NORM = "norms: []"


def written(*norms: str) -> str:
    rest = 'mark: S, review: unreviewed, text: {kk: "a", ru: "a", en: "a"}'
    return f"norms: [{', '.join(f'{{{norm}, {rest}}}' for norm in norms)}]"


def faults_of(folder: Path, *norms: str) -> str:
    rewriter(folder)("search.yaml", NORM, written(*norms))
    with pytest.raises(CatalogueError) as caught:
        read_folder(folder)
    return str(caught.value)


def test_g_a4_a_condition_names_a_field_of_the_motion(specimen: Path) -> None:
    told = faults_of(specimen, 'article: "2", when: [{field: weather, op: eq, value: true}]')
    assert "there is no field 'weather'" in told


def test_g_a5_an_article_stands_once_among_the_norms_of_an_outcome(specimen: Path) -> None:
    assert "'2(1)' stands in two norms" in faults_of(specimen, 'article: "2(1)"', 'article: "3, 2(1)"')


def test_g_a5_another_outcome_or_another_value_is_another_place(specimen: Path) -> None:
    urgent = "[{{field: urgent, op: eq, value: {}}}]"
    rewriter(specimen)(
        "search.yaml",
        NORM,
        written(*(f'article: "2", when: {urgent.format(value)}' for value in ("true", "false"))),
    )
    assert len(read_folder(specimen).kinds["search"].norms) == 2


def test_g_a8_a_norm_of_another_act_says_how_it_is_cited(specimen: Path) -> None:
    assert "how it is 'cited'" in faults_of(specimen, 'article: "76-NP"')


def test_g_a4_norms_that_depend_on_the_motion_say_so(kz: Catalogue) -> None:
    asked = {
        (kind.key, norm.article, condition.field)
        for kind in kz.kinds.values()
        for norm in kind.norms
        for condition in norm.when
    }
    assert asked >= {
        ("custody", "139", "before_qualification"),
        ("custody", "541", "minor"),
        ("house_arrest", "139", "before_qualification"),
        ("bail", "139", "before_qualification"),
        ("property_arrest", "163(4)", "purpose"),
        ("property_arrest", "76-НП", "co_owner"),
        ("property_arrest", "161(9)-(10)", "freeze"),
        ("inspection", "220(16-3)", "is_scene"),
        ("medical_placement", "14(2)", "liberty"),
        ("covert_action", "234(4)", "immunity"),
        ("personal_search", "255(3)", "occasion"),
    }
