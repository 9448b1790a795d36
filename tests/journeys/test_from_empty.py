"""O-F1, R-A7: an installation without demo data: bodies and officers by its administrator, then a case, its people and
a motion to the prosecutor, at the pages and over REST; no line of it uses a factory or a shell.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

import pytest
from django.test import Client
from django.utils import timezone

from ecase.cases.models import Case
from ecase.cases.numbers import control_digit
from ecase.officers.models import Officer, Organisation, Post, Role
from tests.api.conftest import Caller
from tests.factories import PostFactory
from tests.journeys.doors import Portal, Rest
from tests.keys import Keyring
from tests.motions.payloads import fill
from tests.officers.test_admin import signed_in
from workflows.motions.models import Motion
from workflows.motions.states import State
from workflows.statute.catalogue import catalogue, in_force

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]
NUMBER = "262300031000011"
BODIES = ("investigation", "prosecution", "court", "bar")
ROLES = {"investigation": Role.INVESTIGATOR, "prosecution": Role.PROSECUTOR, "court": Role.JUDGE, "bar": Role.DEFENDER}


def numbered(eleven: str) -> str:
    """A number with its check digit."""
    return f"{eleven}{control_digit(eleven)}"


class Administrator:
    """Enters the bodies and officers of an empty installation on the pages of reference data."""

    def __init__(self) -> None:
        # The first administrator is made at the installation of the service.
        self.client = signed_in(PostFactory(administrator=True))

    def enters_all(self) -> dict[str, Post]:
        return {kind: self._post(kind, place) for place, kind in enumerate(BODIES)}

    def _post(self, kind: str, place: int) -> Post:
        names = {
            f"{part}_{language}": f"{kind} {language}" for part in ("name", "place") for language in ("kk", "ru", "en")
        }
        body = {"bin": numbered(f"9902400000{place}"), "kind": kind, "level": "district", "code": f"new-{place}"}
        self._adds("organisation", {**body, **names})
        person = {"iin": numbered(f"8001013000{place}"), "surname": f"Жаңаев{'аәбв'[place]}", "given_name": "Айбар"}
        self._adds("officer", {**person, "patronymic": "", "sex": "male", "language": "kk", "active": "on"})
        organisation, officer = Organisation.objects.get(bin=body["bin"]), Officer.objects.get(iin=person["iin"])
        began = timezone.localtime() - timedelta(days=30)
        since = {"valid_from_0": f"{began:%Y-%m-%d}", "valid_from_1": "09:00:00", "valid_to_0": "", "valid_to_1": ""}
        self._adds("post", {"officer": officer.pk, "organisation": organisation.pk, "role": ROLES[kind].value, **since})
        return Post.objects.select_related("officer", "organisation").get(officer=officer)

    def _adds(self, model: str, fields: dict[str, Any]) -> None:
        answer = self.client.post(f"/admin/officers/{model}/add/", fields)
        assert answer.status_code == 302, answer.context["adminform"].form.errors


class Intake(Protocol):
    """How an investigator opens a case with a suspect and his advocate."""

    def __call__(self, posts: dict[str, Post]) -> None: ...


def person() -> dict[str, str]:
    return {
        "capacity": "suspect",
        "surname": "Тасқынов",
        "given_name": "Ержан",
        "sex": "male",
        "iin": numbered("90051730012"),
    }


def at_the_pages(client: Client) -> Intake:
    def enter(posts: dict[str, Post]) -> None:
        assert "/cases/open/" in client.get("/").content.decode()
        bodies = {name: str(posts[name].organisation_id) for name in ("prosecution", "court")}
        case = {"number": NUMBER, "language": "kk", "qualification": "ҚК 188-бабы", "summary": "", **bodies}
        address = client.post("/cases/open/", case)["Location"]
        assert client.post(f"{address}persons/", person()).status_code == 302
        suspect = Case.objects.get(number=NUMBER).persons.get()
        named = {"officer": str(posts["bar"].officer_id), "noticed_on": f"{timezone.localdate():%Y-%m-%d}"}
        assert client.post(f"{address}persons/{suspect.pk}/counsel/", named).status_code == 302

    return enter


def over_rest(caller: Caller) -> Intake:
    def enter(posts: dict[str, Post]) -> None:
        url = f"/api/v1/cases/{NUMBER}/"
        bodies = {name: posts[name].organisation.bin for name in ("prosecution", "court")}
        assert caller.put(url, {"language": "kk", "qualification": "ҚК 188-бабы", **bodies}).status_code == 201
        assert caller.put(f"{url}persons/suspect-1/", person()).status_code == 201
        iin, today = posts["bar"].officer.iin, f"{timezone.localdate():%Y-%m-%d}"
        named = {"person": "suspect-1", "officer": iin, "noticed_on": today}
        assert caller.put(f"{url}counsel/notice-1/", named).status_code == 201

    return enter


@pytest.mark.parametrize("name", ["portal", "rest"])
def test_from_an_empty_installation_to_a_filed_motion(
    name: str, keys: Keyring, call: Callable[[Post], Caller], visitor: Callable[[Post], Client], settings: Any
) -> None:
    assert not Organisation.objects.exists()
    posts = Administrator().enters_all()
    author = posts["investigation"]
    enter = at_the_pages(visitor(author)) if name == "portal" else over_rest(call(author))
    # Every number is checked, as in production; acts are signed with the keys of a demonstration.
    settings.DEMO = False
    enter(posts)
    settings.DEMO = True

    case = Case.objects.get(number=NUMBER)
    door = Portal(keys, visitor) if name == "portal" else Rest(keys, call)
    kind = catalogue(in_force()).kinds["custody"]
    pk = door.draft(author, case, kind, "")
    door.file(author, pk, fill(kind.form, case))
    motion = Motion.objects.get(pk=pk)
    assert motion.state == State.SUBMITTED
    assert motion.subject == case.persons.get(capacity="suspect")
    assert door.finds(posts["prosecution"], pk)
    assert case.counsel.get().officer == posts["bar"].officer
