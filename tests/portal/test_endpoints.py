"""R-A17: the page of an office's endpoints: add, try, give another secret, end; a secret is shown once."""

import pytest

from ecase.outbox.models import Message, Subscription
from tests.factories import PostFactory
from tests.portal.conftest import Visitor

pytestmark = pytest.mark.django_db
PAGE = "/endpoints/"
ADDRESS = "https://office.example/ecase"


def test_from_adding_to_ending(visitor: Visitor) -> None:
    client = visitor(PostFactory(head_of_unit=True))
    assert "There is none yet." in client.get(PAGE).content.decode()

    added = client.post(PAGE, {"address": ADDRESS, "topics": ["motion.protocol", "of nobody"]}, follow=True)
    endpoint = Subscription.objects.get()
    assert added.redirect_chain == [(PAGE, 302)]
    assert endpoint.secret in added.content.decode()
    assert endpoint.topics == ["motion.protocol"]
    assert endpoint.secret not in client.get(PAGE).content.decode()

    client.post(f"{PAGE}{endpoint.pk}/", {"what": "test"})
    assert Message.objects.get().topic == "endpoint.test"
    rotated = client.post(f"{PAGE}{endpoint.pk}/", {"what": "secret"}, follow=True).content.decode()
    assert Subscription.objects.get().secret in rotated
    assert Subscription.objects.get().secret != endpoint.secret
    client.post(f"{PAGE}{endpoint.pk}/", {"what": "end"})
    assert not Subscription.objects.get().active


def test_what_was_typed_stays_when_it_is_refused(visitor: Visitor) -> None:
    client = visitor(PostFactory(prosecutor=True))
    refused = client.post(PAGE, {"address": "http://office.example/", "topics": ["motion.protocol"]})

    assert refused.status_code == 422
    assert 'value="http://office.example/"' in refused.content.decode()
    assert 'value="motion.protocol" checked' in refused.content.decode()
    assert not Subscription.objects.exists()


def test_others_have_no_such_page(visitor: Visitor) -> None:
    for role in ("investigator", "judge", "clerk", "administrator"):
        client = visitor(PostFactory(**{role: True} if role != "investigator" else {}))
        assert client.get(PAGE).status_code == 403
        assert PAGE not in client.get("/").content.decode()


def test_an_endpoint_of_another_office_is_not_there(visitor: Visitor) -> None:
    mine, other = visitor(PostFactory(prosecutor=True)), visitor(PostFactory(prosecutor=True))
    mine.post(PAGE, {"address": ADDRESS})

    assert other.post(f"{PAGE}{Subscription.objects.get().pk}/", {"what": "end"}).status_code == 404
    assert Subscription.objects.get().active
