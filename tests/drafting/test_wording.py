"""G-A6: the wording names kinds, fields and sources that exist; a file that does not is refused when it is read."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from workflows.drafting.suggestions import Composer
from workflows.drafting.wording import LANGUAGES, SOURCES, WORDING, WordingError, read, wording
from workflows.statute.loading import kind_keys, read_folder

EXTENSIONS = [key for key in sorted(kind_keys(settings.STATUTE_DIR)) if key.endswith("_extension")]


def rewritten(folder: Path, **changes: Any) -> Path:
    """The Russian wording with some of its parts replaced."""
    data = {**yaml.safe_load((WORDING / "ru.yaml").read_bytes()), **changes}
    (folder / "ru.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder / "ru.yaml"


@pytest.mark.parametrize("language", LANGUAGES)
def test_g_a6_every_kind_of_the_wording_is_in_the_catalogue(language: str) -> None:
    assert set(wording(language).data["kinds"]) <= kind_keys(settings.STATUTE_DIR)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kinds": {"extend_detention": "preventive"}}, "there is no kind 'extend_detention'"),
        ({"kinds": {"custody": "arrests"}}, "there is no group 'arrests'"),
        ({"groups": {"generic": [{"from": "weather", "text": "."}]}}, "there is no source 'weather'"),
        ({"groups": {"generic": [{"from": "acts", "act": "consent", "text": "."}]}}, "there is no act 'consent'"),
        ({"groups": {"preventive": []}}, "there is no group 'generic'"),
    ],
)
def test_g_a6_a_dead_key_is_refused_when_the_file_is_read(tmp_path: Path, changes: Any, told: str) -> None:
    with pytest.raises(WordingError, match=told):
        read(rewritten(tmp_path, **changes))


@pytest.mark.parametrize("language", LANGUAGES)
def test_g_a6_every_field_that_is_quoted_is_in_a_form_of_its_group(language: str) -> None:
    data, kinds = wording(language).data, read_folder(settings.STATUTE_DIR / "kz").kinds
    for group, specs in data["groups"].items():
        of_group = [kind for key, kind in kinds.items() if data["kinds"].get(key, "generic") == group]
        known = {field.key for kind in of_group for field in kind.form.fields}
        assert {spec["field"] for spec in specs if "field" in spec} <= known, group


@pytest.mark.parametrize("kind", EXTENSIONS)
def test_g_a6_the_reasoning_on_an_extension_says_what_was_done_and_the_term(kind: str) -> None:
    quoted = {spec.get("field") for spec in wording("ru").part(kind, "reasoning")}
    fields = {field.key for field in read_folder(settings.STATUTE_DIR / "kz").kinds[kind].form.fields}
    assert quoted & {"done_so_far", "results", "expert", "purpose", "notice_due"} & fields
    assert {"step", "current_term_ends", "current_ends", "action_ended_at"} & fields <= quoted


def test_the_three_languages_have_the_same_paragraphs() -> None:
    def keys(language: str) -> Any:
        data = wording(language).data
        return [
            {key: value for key, value in spec.items() if key not in ("text", "ticked")}
            for specs in (*data["parts"].values(), *data["groups"].values())
            for spec in specs
        ]

    assert keys("kk") == keys("ru") == keys("en")
    assert wording("kk").data["kinds"] == wording("ru").data["kinds"] == wording("en").data["kinds"]


def test_every_source_has_a_writer() -> None:
    assert all(hasattr(Composer, f"from_{source}") for source in SOURCES - {"group"})
