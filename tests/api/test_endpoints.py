"""R-A9, R-A17: an office manages its webhook endpoints itself: list, add, narrow, rotate, test, end."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from ecase.outbox import relay, subscriptions, tasks
from ecase.outbox.channels import webhook
from ecase.outbox.models import Message, Subscription
from tests.api.conftest import Caller, problem
from tests.factories import PostFactory
from tests.logs import done_by
from workflows.watch.topics import TOPICS

pytestmark = pytest.mark.django_db
URL = "/api/v1/endpoints/"
ADDRESS = "https://office.example/ecase"


@pytest.fixture
def mine(call: Any) -> Caller:
    caller: Caller = call(PostFactory(prosecutor=True))
    return caller


def added(caller: Caller, **given: Any) -> dict[str, Any]:
    answer = caller.post(URL, {"address": ADDRESS, **given})
    assert answer.status_code == 201, answer.content
    assert answer["Location"] == answer.data["url"]
    body: dict[str, Any] = answer.data
    return body


def test_the_secret_is_shown_once(mine: Caller) -> None:
    made = added(mine)
    assert made["secret"].startswith("whsec_")

    [listed] = mine.get(URL).data["results"]
    assert listed == {name: value for name, value in made.items() if name != "secret"}
    assert mine.get(made["url"]).data == listed
    assert (listed["status"], listed["under_way"], listed["topics"]) == ("closed", 0, [])
    problem(mine.post(URL, {"address": ADDRESS}), 409, "conflict", "already-subscribed")


def test_an_endpoint_that_begins_again_has_another_secret(mine: Caller) -> None:
    first = added(mine)
    assert mine.delete(first["url"]).status_code == 204
    assert mine.get(URL).data["results"] == []
    problem(mine.get(first["url"]), 404, "not-found")

    again = added(mine)

    assert (again["id"], again["secret"] != first["secret"]) == (first["id"], True)


@pytest.mark.parametrize(
    "address", ["http://office.example/", "https://127.0.0.1/", "ftp://x", "https://u@office.example/"]
)
def test_an_address_to_which_nothing_may_be_posted(mine: Caller, address: str) -> None:
    if address != "https://127.0.0.1/":  # its name is resolved at each delivery only (tests/outbox/test_guard.py)
        problem(mine.post(URL, {"address": address}), 422, "invalid", "url-not-allowed")


def test_topics_are_those_of_the_description(mine: Caller) -> None:
    problem(mine.post(URL, {"address": ADDRESS, "topics": ["motion.nothing"]}), 422, "invalid", "invalid_choice")
    made = added(mine, topics=["motion.protocol", "deadline.missed"])
    assert made["topics"] == ["deadline.missed", "motion.protocol"]

    assert mine.patch(made["url"], {"topics": []}).data["topics"] == []


def test_who_does_not_lead_manages_nothing(call: Any) -> None:
    for role in ("investigator", "judge", "clerk", "defender"):
        problem(call(PostFactory(role=role)).get(URL), 403, "not-allowed", "role")


def test_another_office_sees_none_of_it(mine: Caller, call: Any) -> None:
    url, other = added(mine)["url"], call(PostFactory(prosecutor=True))

    assert other.get(URL).data["results"] == []
    for answer in (other.get(url), other.delete(url), other.patch(url, {"topics": []}), other.post(f"{url}secret/")):
        problem(answer, 404, "not-found")


def test_after_a_rotation_both_secrets_verify_for_a_day(mine: Caller) -> None:
    made = added(mine)
    rotated = mine.post(f"{made['url']}secret/").data
    endpoint, now = Subscription.objects.get(), timezone.now()
    message = subscriptions.send_test(endpoint)
    content = webhook.body(message)

    signed = webhook.headers(message, content, endpoint.secrets_at(now), now)
    for secret in (made["secret"], rotated["secret"]):
        assert Webhook(secret).verify(content, signed)["type"] == "endpoint.test"
    assert len(signed["webhook-signature"].split()) == 2

    later = webhook.headers(message, content, endpoint.secrets_at(now + subscriptions.OVERLAP * 2), now)
    assert Webhook(rotated["secret"]).verify(content, later)
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(content, later)


def test_a_test_message_is_posted_and_told(mine: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    made = added(mine, topics=["motion.protocol"])
    answer = mine.post(f"{made['url']}test/")
    message = Message.objects.get()

    assert (answer.status_code, answer.data) == (202, {"id": f"msg_{message.uuid}"})
    assert json.loads(webhook.body(message))["type"] == "endpoint.test"
    assert mine.get(made["url"]).data["under_way"] == 1
    [claimed] = relay.claim(timezone.now())
    assert tasks.deliver(claimed.message_id, claimed.number) == "pending"  # there is no such host
    assert mine.get(made["url"]).data["failures"] == 1


def test_every_change_is_in_the_log(call: Any) -> None:
    post = PostFactory(prosecutor=True)
    mine = call(post)
    url = added(mine)["url"]
    mine.patch(url, {"topics": ["motion.protocol"]})
    mine.post(f"{url}secret/")
    mine.delete(url)

    events = [entry.event for entry in done_by(post) if entry.event.startswith("subscription.")]
    assert events == [f"subscription.{what}" for what in ("made", "changed", "rotated", "ended")]


def test_an_office_has_a_few_endpoints(mine: Caller) -> None:
    for number in range(subscriptions.MOST):
        added(mine, address=f"{ADDRESS}/{number}")

    problem(mine.post(URL, {"address": ADDRESS}), 409, "conflict", "too-many-endpoints")


def test_every_topic_that_is_sent_can_be_chosen() -> None:
    """Literals of the watch's messages; acts and calls are built from the lists that name them."""
    watch = Path(configured.BASE_DIR) / "workflows" / "watch"
    source = "".join(path.read_text() for path in sorted(watch.glob("*.py")) if path.name != "topics.py")
    sent = set(re.findall(r'"((?:deadline|measure|sanction|copy|signature)\.[a-z]+)"', source))

    assert sent <= set(TOPICS), sent - set(TOPICS)
    assert len(sent) > 5
