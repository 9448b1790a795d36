"""Opening and correcting cases, their persons and counsel. REST has the same (``api.views.cases``)."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.views.decorators.http import require_http_methods

from ecase.cases import services
from ecase.cases.models import Case, Counsel, Identity, Person
from ecase.portal import case_forms, refusals
from ecase.portal.case_forms import Box
from ecase.portal.pages import PortalRequest, by_field, for_officers, or_404, page
from ecase.portal.views.cases import find
from ecase.problems import Refused

for_openers = partial(for_officers, roles=services.OPENERS)
for_changers = partial(for_officers, roles=services.CHANGERS)
any_method = require_http_methods(["GET", "HEAD", "POST"])
Save = Callable[[dict[str, str]], Any]


@any_method
@for_openers
def open_case(request: PortalRequest) -> HttpResponseBase:
    """The form of a new case; POST opens it."""
    boxes = case_forms.of_new_case(request.post)
    if request.method != "POST":
        return _form(request, "case_open.html", boxes, {"language": request.post.officer.language})
    opened: list[Case] = []

    def save(typed: dict[str, str]) -> None:
        officers = (held.officer for held in services.investigators_of_body(request.post.organisation))
        named = {"investigator": case_forms.chosen(officers, typed["investigator"])} if "investigator" in typed else {}
        fields = case_forms.read_case(typed)
        opened.append(services.open_case(request.post, typed["number"], **fields, **named))

    return _saved(request, boxes, save, lambda: resolve_url("portal:case", opened[0].pk))


@any_method
@for_changers
def correct_case(request: PortalRequest, case_id: UUID) -> HttpResponseBase:
    """The case as it was entered; POST corrects it."""
    case = or_404(find, request.post, case_id)
    boxes = [*case_forms.of_case(), case_forms.of_reason()]
    if request.method != "POST":
        context = {"case": case, "seen": case.revision, "corrections": _corrections(case)}
        return _form(request, "case_correct.html", boxes, _values(case, boxes), context)

    def save(typed: dict[str, str]) -> None:
        fields = case_forms.read_case(typed)
        services.correct_case(case, request.post, typed["reason"], seen=_seen(request), **fields)

    return _saved(request, boxes, save, lambda: resolve_url("portal:case", case.pk))


@any_method
@for_changers
def add_person(request: PortalRequest, case_id: UUID) -> HttpResponseBase:
    """The form of a new person, natural or (``form=legal``) legal; POST adds it."""
    case = or_404(find, request.post, case_id)
    typed = refusals.unsaved(request)
    given = request.POST.get("form") or typed.get("form") or request.GET.get("form", "")
    form = given if given == Identity.Form.LEGAL else Identity.Form.NATURAL
    boxes = case_forms.of_person(case, form)
    if request.method != "POST":
        return _form(request, "person_add.html", boxes, {}, {"case": case, "form": str(form)})

    def save(typed: dict[str, str]) -> None:
        services.add_person(case, request.post, **case_forms.read_person(case, typed, form))

    return _saved(request, boxes, save, lambda: _persons(case), {"form": str(form)})


@any_method
@for_changers
def person(request: PortalRequest, case_id: UUID, person_id: UUID) -> HttpResponseBase:
    """A person as entered, with counsel and earlier corrections; POST corrects the person."""
    case = or_404(find, request.post, case_id)
    shown = _person(case, person_id)
    # Whoever is protected is not shown to anybody (CPC Art. 97).
    boxes = [] if shown.is_protected else [*case_forms.of_person(case, shown.form, shown), case_forms.of_reason()]
    if request.method != "POST":
        context = {"case": case, "person": shown, "seen": shown.revision, **_about(shown)}
        return _form(request, "person.html", boxes, _values(shown, boxes), context)
    if shown.is_protected:
        raise Http404

    def save(typed: dict[str, str]) -> None:
        reason = typed.pop("reason")
        fields = case_forms.read_person(case, typed, shown.form)
        services.correct_person(shown, request.post, reason, seen=_seen(request), **fields)

    return _saved(request, boxes, save, lambda: _persons(case))


@any_method
@for_changers
def name_counsel(request: PortalRequest, case_id: UUID, person_id: UUID) -> HttpResponseBase:
    """The form that names counsel of a person; POST names."""
    case = or_404(find, request.post, case_id)
    defended = _person(case, person_id)
    boxes = case_forms.of_counsel(case)
    if request.method != "POST":
        return _form(request, "counsel_name.html", boxes, {}, {"case": case, "person": defended})

    def save(typed: dict[str, str]) -> None:
        services.name_counsel(case, request.post, defended, **case_forms.read_counsel(case, typed))

    return _saved(request, boxes, save, lambda: _persons(case))


@any_method
@for_changers
def end_counsel(request: PortalRequest, case_id: UUID, counsel_id: int) -> HttpResponseBase:
    """The form that ends a defence; POST ends it."""
    case = or_404(find, request.post, case_id)
    counsel: Counsel = or_404(
        case.counsel.select_related("person", "officer", "participant", "case").get, pk=counsel_id
    )
    boxes = case_forms.of_end()
    if request.method != "POST":
        return _form(request, "counsel_end.html", boxes, {}, {"case": case, "counsel": counsel})

    def save(typed: dict[str, str]) -> None:
        services.end_counsel(counsel, request.post, typed["end"], typed["reason"])

    return _saved(request, boxes, save, lambda: _persons(case))


def _form(
    request: PortalRequest,
    template: str,
    boxes: list[Box],
    values: dict[str, Any],
    context: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """The page of the form: as typed if it was sent back, else with ``values``."""
    refusal = refusals.held(request)
    errors = by_field(refusal.problems) if refusal else {}
    filled = case_forms.fill(boxes, {**values, **refusals.unsaved(request)}, errors)
    return page(request, template, {**(context or {}), "boxes": filled})


def _saved(
    request: PortalRequest,
    boxes: list[Box],
    save: Save,
    target: Callable[[], str],
    more: dict[str, str] | None = None,
) -> HttpResponseBase:
    """Save what was typed and go on to ``target``; a refused form goes back to its own address."""
    typed = case_forms.read(boxes, request.POST)
    try:
        save(dict(typed))
    except Refused as refusal:
        return refusals.send_back(request, request.path, refusal, {**typed, **(more or {})})
    refusals.forget(request)
    return redirect(target())


def _values(row: Case | Person, boxes: list[Box]) -> dict[str, Any]:
    return {box.name: getattr(row, box.name) for box in boxes if hasattr(row, box.name)}


def _seen(request: PortalRequest) -> int | None:
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None  # noqa: PLR2004


def _persons(case: Case) -> str:
    return f"{resolve_url('portal:case', case.pk)}#persons-title"


def _person(case: Case, person_id: UUID) -> Person:
    found: Person = or_404(case.persons.select_related("case").get, pk=person_id)
    return found


def _about(shown: Person) -> dict[str, Any]:
    """Counsel of the person, now and before, and what was corrected."""
    named = ("officer", "participant")
    return {
        "counsel": shown.counsel.select_related(*named).order_by("named_at", "pk"),
        "former": shown.formercounsel.select_related(*named, "ended_by__officer"),
        "corrections": [] if shown.is_protected else _corrections(shown),
    }


def _corrections(row: Case | Person) -> list[dict[str, Any]]:
    """Each correction with the name of its field and both values as people read them, the newest first."""
    rows = row.corrections.select_related("corrected_by__officer")
    found = []
    for kept in rows.filter(person=None) if isinstance(row, Case) else rows:
        field: Any = row._meta.get_field(kept.field)
        old, new = _readable(field, kept.old), _readable(field, kept.new)
        found.append({"row": kept, "label": field.verbose_name, "old": old, "new": new})
    return found


def _readable(field: Any, text: str) -> str:
    """What a kept value means: the label of a choice, the name of a row."""
    if field.is_relation and text:
        return str(field.related_model.objects.filter(pk=text).first() or text)
    return str(dict(field.choices or ()).get(text, text))
