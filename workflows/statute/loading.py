"""Reads a folder of YAML files as one catalogue.

``catalogue.yaml`` names the version. ``acts.yaml``, and optionally ``fields.yaml``, ``rules.yaml``, ``extensions.yaml``
and ``events.yaml``, hold what kinds share: ``groups`` of fields that a form may ``use``, ``shared`` rules, and the
forms of ``acts``. Every other file is a kind, named after its key. Every fault is reported with file and line.

``same_as: name`` in a mapping takes over the shared rule of that name, and the mapping's own keys take precedence; as
an entry of a list, it is replaced by a shared list. A shared rule may use those written before it.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from workflows.statute.reading import CatalogueError, Faults, Marked, bind, entries, from_yaml
from workflows.statute.references import check
from workflows.statute.schema import Catalogue

HEAD, ACTS = "catalogue.yaml", "acts.yaml"
COMMON = ("fields.yaml", "rules.yaml", "extensions.yaml", "events.yaml", ACTS)
PARTS = ("groups", "shared", "acts")
SAME = "same_as"


def read_folder(folder: Path) -> Catalogue:
    """The catalogue in ``folder``; raises :class:`CatalogueError` with every fault of every file at once."""
    if absent := [name for name in (HEAD, ACTS) if not (folder / name).is_file()]:
        raise CatalogueError("\n".join(f"{name}:1: the file is missing from {folder.name}" for name in absent))
    faults = Faults()
    tree = _whole(folder, faults)
    check(tree, faults)
    entry = bind(Catalogue, tree, faults)
    faults.stop_if_any()
    return finish(entry)


def kind_keys(root: Path) -> frozenset[str]:
    """The keys of the kinds of every catalogue under ``root``: each stands in a file named after it."""
    return frozenset(path.stem for path in root.glob("*/*.yaml") if path.name not in (HEAD, *COMMON))


def finish(entry: Catalogue) -> Catalogue:
    """The catalogue with the shared forms and the shared rule set on each of its kinds."""
    handed = {key: replace(kind, acts=entry.acts, lifting=entry.lifting) for key, kind in entry.kinds.items()}
    return replace(entry, kinds=handed)


def _whole(folder: Path, faults: Faults) -> Marked:
    """The head, the acts and the kinds as one tree, with shared rules and groups of fields in their places."""
    head = from_yaml(folder / HEAD, faults)
    common = [from_yaml(folder / name, faults) for name in COMMON if (folder / name).is_file()]
    groups, shared, acts = (_part(name, common, faults) for name in PARTS)
    for key, part in ((key, part) for file in common for key, part in file.value.items()):
        if key not in PARTS:
            faults.at(part, f"{key!r} is not known here ({', '.join(PARTS)})")
    rules = Marked({}, shared.place)
    for key, rule in shared.value.items():
        rules.value[key] = _expanded(rule, groups, rules, faults)
    parts = {
        "acts": _expanded(acts, groups, rules, faults),
        "kinds": _expanded(_kinds(folder, faults), groups, rules, faults),
    }
    return Marked({**head.value, **parts}, head.place)


def _part(name: str, common: list[Marked], faults: Faults) -> Marked:
    """One section of the common files, merged from all of them."""
    found: dict[str, Marked] = {}
    for key, entry in ((key, entry) for file in common for key, entry in entries(file.child(name))):
        if key in found:
            faults.at(entry, f"{key!r} is written twice ({found[key].place})")
        found[key] = entry
    return Marked(found, f"{ACTS}:1")


def _kinds(folder: Path, faults: Faults) -> Marked:
    found: dict[str, Marked] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name in (HEAD, *COMMON):
            continue
        found[path.stem] = from_yaml(path, faults)
        key = found[path.stem].child("key")
        if key is not None and key.value != path.stem:
            faults.at(key, f"the kind {key.value!r} stands in a file of another name")
    return Marked(found, f"{folder.name}:1")


def _expanded(marked: Marked, groups: Marked, rules: Marked, faults: Faults) -> Marked:
    """The tree with every ``use`` and ``same_as`` replaced by its content."""
    if isinstance(marked.value, list):
        return Marked(_expanded_list(marked.value, groups, rules, faults), marked.place)
    if not isinstance(marked.value, dict):
        return marked
    kept = {key: value for key, value in marked.value.items() if key not in ("use", SAME)}
    inner: dict[str, Any] = {key: _expanded(value, groups, rules, faults) for key, value in kept.items()}
    if SAME in marked.value:
        name = marked.value[SAME]
        shared = rules.child(str(name.value))
        if shared is None or not isinstance(shared.value, dict):
            faults.at(name, f"there is no shared rule {name.value!r} of this form")
        else:
            inner = {**shared.value, **inner}
    used = marked.child("use")
    if used is not None:
        inner["fields"] = _with_groups(inner.get("fields"), used, groups, rules, faults)
    return Marked(inner, marked.place)


def _expanded_list(several: list[Marked], groups: Marked, rules: Marked, faults: Faults) -> list[Marked]:
    found: list[Marked] = []
    for entry in several:
        name = entry.child(SAME) if isinstance(entry.value, dict) and len(entry.value) == 1 else None
        shared = rules.child(str(name.value)) if name is not None else None
        if shared is not None and isinstance(shared.value, list):
            found += shared.value
        else:
            found.append(_expanded(entry, groups, rules, faults))
    return found


def _with_groups(own: Marked | None, used: Marked, groups: Marked, rules: Marked, faults: Faults) -> Marked:
    collected: list[Marked] = []
    for name in used.value if isinstance(used.value, list) else [used]:
        group = groups.child(str(name.value))
        if group is None or not isinstance(group.value, list):
            faults.at(name, f"there is no group {name.value!r}")
        else:
            collected += _expanded_list(group.value, groups, rules, faults)
    tail = own.value if own is not None and isinstance(own.value, list) else []
    return Marked([*collected, *tail], own.place if own else used.place)
