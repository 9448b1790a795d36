"""O-F18: sessions end when nobody does anything, are listed and ended by their owner; administrators sign again."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecase.audit.models import Entry
from ecase.officers import sessions, tokens
from ecase.officers.models import Officer, Post, Session
from tests.factories import PostFactory
from tests.keys import Keyring
from tests.officers.test_admin import OFFICER
from tests.portal.conftest import sign_in

pytestmark = pytest.mark.django_db
INBOX, LIST, END = "/inbox/", "/sessions/", "/sessions/end/"


def entered(post: Post, agent: str = "Mozilla/5.0 (Windows NT 10.0) Chrome/156.0") -> Client:
    client = Client(headers={"Accept-Language": "en", "User-Agent": agent})
    sign_in(client, post)
    return client


@pytest.fixture
def administrator() -> Post:
    return PostFactory(administrator=True)


def visits(client: Client, *minutes: float, address: str = INBOX, **headers: str) -> list[int]:
    """The answers to requests so many minutes from now."""
    began, answers = timezone.now(), []
    for minute in minutes:
        with time_machine.travel(began + timedelta(minutes=minute), tick=False):
            answers.append(client.get(address, headers=headers).status_code)
    return answers


def test_a_session_ends_when_its_officer_does_nothing(investigator: Post) -> None:
    assert visits(entered(investigator), 29, 58, 87, 118) == [200, 200, 200, 302]


def test_a_session_ends_at_the_latest_after_its_whole_length(investigator: Post) -> None:
    minutes = range(0, 741, 20)
    answers = visits(entered(investigator), *minutes)
    assert [minute for minute, answer in zip(minutes, answers, strict=True) if answer == 200][-1] == 700


def test_an_administrators_session_is_shorter(administrator: Post) -> None:
    assert visits(entered(administrator), 9, 18, 29) == [200, 200, 302]
    assert visits(entered(administrator), *range(0, 66, 5))[-2:] == [302, 302]


def test_what_a_page_asks_by_itself_keeps_no_session_open(investigator: Post) -> None:
    quiet = entered(investigator)
    answers = visits(quiet, *range(0, 36, 5), **{"X-Background": "yes"})
    assert answers[-1] == 302


def writes(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(INBOX)
    return sum(query["sql"].startswith("UPDATE") for query in queries)


def test_activity_is_written_down_once_a_minute(investigator: Post) -> None:
    client, began = entered(investigator), timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        written = []
        for seconds in (10, 59, 61, 80, 122):
            clock.move_to(began + timedelta(seconds=seconds))
            written.append(writes(client))
    assert written == [0, 0, 1, 0, 1]


def test_who_comes_back_too_late_is_told_why(investigator: Post) -> None:
    client = entered(investigator)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        answer = client.get(client.get(INBOX)["Location"])
    assert "Your session has ended." in answer.content.decode()
    assert "Your session has ended." not in Client(headers={"Accept-Language": "en"}).get("/sign-in/").content.decode()


def test_the_owner_sees_where_he_is_signed_in_and_ends_it(investigator: Post) -> None:
    here, elsewhere = entered(investigator), entered(investigator, "Mozilla/5.0 (X11; Linux) Firefox/144.0")
    shown = here.get(LIST).content.decode()
    assert "Chrome, Windows" in shown
    assert "Firefox, Linux" in shown
    assert str(elsewhere.session.session_key) not in shown, "the key itself would open the session"

    here.post(END, {"session": sessions.public_id(str(elsewhere.session.session_key))})

    assert elsewhere.get(INBOX).status_code == 302
    assert here.get(INBOX).status_code == 200
    ended = [
        entry
        for entry in Entry.objects.filter(chain=f"officer:{investigator.officer_id}")
        if entry.event == "session.ended"
    ]
    assert len(ended) == 1


def test_all_others_end_at_once(investigator: Post) -> None:
    here, *others = [entered(investigator) for _ in range(3)]
    here.post(END, {"others": "yes"})
    assert [client.get(INBOX).status_code for client in (here, *others)] == [200, 302, 302]


def test_nobody_ends_anothers_session_or_token(investigator: Post) -> None:
    other = PostFactory()
    client, victim = entered(investigator), entered(other)
    token, text = tokens.issue(other)
    client.post(END, {"session": sessions.public_id(str(victim.session.session_key))})
    client.post(END, {"token": token.digest[: tokens.SHOWN]})

    assert victim.get(INBOX).status_code == 200
    assert tokens.find(text) is not None


def test_the_owner_revokes_a_programs_token(investigator: Post) -> None:
    client = entered(investigator)
    token, text = tokens.issue(investigator)
    assert token.digest[: tokens.SHOWN] in client.get(LIST).content.decode()
    client.post(END, {"token": token.digest[: tokens.SHOWN]})
    assert tokens.find(text) is None


def test_a_session_without_its_beginning_is_none(investigator: Post) -> None:
    client = entered(investigator)
    session = client.session
    del session["opened"]
    session.save()
    assert client.get(INBOX).status_code == 302


def test_sessions_of_an_officer_are_found_by_their_columns(investigator: Post) -> None:
    entered(investigator)
    row = Session.objects.get()
    assert (row.officer, row.post) == (investigator.officer, investigator)
    assert "Chrome" in row.agent


# -- signing once more --------------------------------------------------------------------------------------------

ADD = "/admin/officers/officer/add/"
FIELDS = {**OFFICER, "surname": "Жаңабаев"}


def answer_challenge(client: Client, keys: Keyring, post: Post) -> Any:
    asked = client.post("/sign-in/challenge/")
    body = base64.encodebytes(keys.sign(post, asked.content)).decode()
    pem = f"-----BEGIN CMS-----\n{body}-----END CMS-----\n"
    given = {"challenge": asked["X-Challenge"], "cms": pem}
    return client.post("/sign-in/again/answer/", given)


def test_an_administrator_signs_again_for_a_change(administrator: Post, keys: Keyring) -> None:
    client = entered(administrator)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        held = client.post(ADD, FIELDS)
        assert held["Location"] == "/sign-in/again/"
        assert not Officer.objects.filter(surname="Жаңабаев").exists()
        assert "Sign once more" in client.get("/sign-in/again/").content.decode()

        given = answer_challenge(client, keys, administrator)
        assert given.json() == {"next": "/sign-in/again/"}, given.content
        shown = client.get("/sign-in/again/").content.decode()
        assert 'action="/admin/officers/officer/add/"' in shown
        assert "Жаңабаев" in shown, "nothing that was typed is lost"
        assert client.post(ADD, FIELDS).status_code == 302
    assert Officer.objects.filter(surname="Жаңабаев").exists()


def test_another_officers_signature_does_not_do(administrator: Post, investigator: Post, keys: Keyring) -> None:
    client = entered(administrator)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        client.post(ADD, FIELDS)
        refused = answer_challenge(client, keys, investigator)
        assert refused.status_code == 403
        assert refused.json()["problems"][0]["code"] == "another-officer"
        assert client.post(ADD, FIELDS)["Location"] == "/sign-in/again/"


def test_looking_at_reference_data_needs_no_new_signature(administrator: Post) -> None:
    client = entered(administrator)
    assert visits(client, 6, address=ADD) == [200]
