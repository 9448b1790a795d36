"""R-A10, R-A14: the description says everything; people have a page of it, and every type of problem has one."""

from typing import Any

import jsonschema_rs
import orjson
import pytest
from django.conf import settings as configured
from django.test import Client

from api import problems
from api.docs import description
from api.problem_pages import MEANINGS
from ecase.outbox import subscriptions
from ecase.outbox.channels import webhook
from ecase.outbox.models import Message, Subscription
from tests.api.conftest import Caller
from tests.motions.conftest import World
from workflows.watch.topics import TOPICS

pytestmark = pytest.mark.django_db
SCHEMA = "/api/schema/"


def operations() -> list[dict[str, Any]]:
    return [operation for path in description()["paths"].values() for operation in path.values()]


def test_every_operation_has_summary_tag_problems_and_example() -> None:
    tags = {tag["name"] for tag in description()["tags"]}
    for operation in operations():
        name = operation["operationId"]
        assert operation["summary"], name
        assert set(operation["tags"]) <= tags, name
        assert {"4XX", "5XX"} <= set(operation["responses"]), name
        assert ("401" in operation["responses"]) == bool(operation["security"]), name
        for code, answer in operation["responses"].items():
            content = answer.get("content", {})
            is_file = any(media_type == "application/octet-stream" for media_type in content)
            for shown in content.values() if not is_file else ():
                assert "example" in shown, (name, code)


def test_every_problem_has_an_example_and_a_page(anybody: Caller) -> None:
    assert set(MEANINGS) == set(problems.types()) == set(description()["components"]["examples"])
    for slug, (status, _title) in problems.types().items():
        document = description()["components"]["examples"][slug]["value"]
        assert document["type"] == f"{configured.PUBLIC_URL}/problems/{slug}"
        for language in ("kk", "ru", "en"):
            page = Client(headers={"Accept-Language": language}).get(f"/problems/{slug}")
            assert page.status_code == 200
            assert f"<code>{slug}</code>" in page.content.decode()
            assert str(status) in page.content.decode()
    assert Client().get("/problems/nothing").status_code == 404


def test_the_description_is_english_and_one_for_all(anybody: Caller) -> None:
    english = anybody.get(SCHEMA)
    kazakh = anybody.get(SCHEMA, headers={"Accept-Language": "kk"})

    assert english.content == kazakh.content
    assert not set("қәіңғүұөһ") & set(orjson.dumps(english.json()["components"]["schemas"]["MotionState"]).decode())
    yaml = anybody.get(SCHEMA, headers={"Accept": "application/yaml"})
    assert (yaml["Content-Type"], yaml.content[:8]) == ("application/yaml", b"openapi:")
    assert anybody.get(SCHEMA, headers={"If-None-Match": english["ETag"]}).status_code == 304


def test_people_have_a_page_that_needs_no_script(anybody: Caller) -> None:
    page = Client(headers={"Accept-Language": "ru"}).get("/api/docs/")
    text = page.content.decode()

    assert page.status_code == 200
    for operation in operations():
        assert f'id="{operation["operationId"]}"' in text
    for name in description()["components"]["schemas"]:
        assert f'id="schema-{name}"' in text
    assert " style=" not in text
    assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_every_message_is_as_its_webhook_says(world: World) -> None:
    assert set(description()["webhooks"]) == {*TOPICS, subscriptions.TEST}
    Subscription.objects.create(organisation=world.case.prosecution, url="https://office.example/hook")
    world.decided("custody", "sanctioned")
    subscriptions.send_test(Subscription.objects.get())
    sent = Message.objects.filter(subscription__isnull=False)

    assert sent.count() > 4
    for message in sent:
        message.position = 1
        [operation] = description()["webhooks"][message.topic].values()
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": {"schemas": description()["components"]["schemas"]}}
        jsonschema_rs.validate(whole, orjson.loads(webhook.body(message)))
