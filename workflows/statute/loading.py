"""A folder of YAML files as one catalogue.

``catalogue.yaml`` names the version; ``acts.yaml`` holds the forms that all kinds share and ``groups`` of fields that a
form may ``use``; every other file is a kind, named after its key. Read with every fault at its file and line.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from workflows.statute.reading import CatalogueError, Faults, Marked, bind, from_yaml
from workflows.statute.references import check
from workflows.statute.schema import Catalogue

HEAD, ACTS = "catalogue.yaml", "acts.yaml"


def read_folder(folder: Path) -> Catalogue:
    """The catalogue in ``folder``; raises :class:`CatalogueError` with every fault of every file at once."""
    if absent := [name for name in (HEAD, ACTS) if not (folder / name).is_file()]:
        raise CatalogueError([f"{name}:1: the file is missing from {folder.name}" for name in absent])
    faults = Faults()
    tree = _whole(folder, faults)
    check(tree, faults)
    entry = bind(Catalogue, tree, faults)
    faults.stop_if_any()
    return finish(entry)


def finish(entry: Catalogue) -> Catalogue:
    """The catalogue with the shared forms handed to every kind."""
    return replace(entry, kinds={key: replace(one, acts=entry.acts) for key, one in entry.kinds.items()})


def _whole(folder: Path, faults: Faults) -> Marked:
    head, shared = from_yaml(folder / HEAD, faults), from_yaml(folder / ACTS, faults)
    groups = shared.child("groups") or Marked({}, shared.place)
    acts = shared.child("acts") or Marked({}, shared.place)
    kinds = _kinds(folder, faults)
    _name_strangers(shared, faults)
    parts = {"acts": _expanded(acts, groups, faults), "kinds": _expanded(kinds, groups, faults)}
    return Marked({**head.value, **parts}, head.place)


def _name_strangers(shared: Marked, faults: Faults) -> None:
    for key, one in shared.value.items():
        if key not in ("groups", "acts"):
            faults.at(one, f"{key!r} is not known here (acts, groups)")


def _kinds(folder: Path, faults: Faults) -> Marked:
    found: dict[str, Marked] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name in (HEAD, ACTS):
            continue
        found[path.stem] = from_yaml(path, faults)
        key = found[path.stem].child("key")
        if key is not None and key.value != path.stem:
            faults.at(key, f"the kind {key.value!r} stands in a file of another name")
    return Marked(found, f"{folder.name}:1")


def _expanded(marked: Marked, groups: Marked, faults: Faults) -> Marked:
    """The tree with every ``use: [group]`` of a form replaced by the fields of that group."""
    if isinstance(marked.value, list):
        return Marked([_expanded(one, groups, faults) for one in marked.value], marked.place)
    if not isinstance(marked.value, dict):
        return marked
    inner: dict[str, Any] = {key: _expanded(one, groups, faults) for key, one in marked.value.items() if key != "use"}
    used = marked.child("use")
    if used is not None:
        inner["fields"] = _with_groups(inner.get("fields"), used, groups, faults)
    return Marked(inner, marked.place)


def _with_groups(own: Marked | None, used: Marked, groups: Marked, faults: Faults) -> Marked:
    collected: list[Marked] = []
    for name in used.value if isinstance(used.value, list) else [used]:
        group = groups.child(str(name.value))
        if group is None or not isinstance(group.value, list):
            faults.at(name, f"there is no group {name.value!r} in {ACTS}")
        else:
            collected += group.value
    tail = own.value if own is not None and isinstance(own.value, list) else []
    return Marked([*collected, *tail], own.place if own else used.place)
