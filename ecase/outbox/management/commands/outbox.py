"""The outbox on the command line: reconcile, list receivers and dead messages, retry, run the relay, subscribe."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ecase.outbox import receivers, relay, subscriptions
from ecase.outbox.channels import webhook
from ecase.outbox.channels.base import Forbidden
from ecase.outbox.channels.registry import channel_names
from ecase.outbox.models import Message, State, Subscription
from ecase.problems import Refused


class Command(BaseCommand):
    help = "The outbox: reconcile sent with acknowledged, list and retry what was given up, relay what is due."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("reconcile", help="compare sent with acknowledged; exit 1 unless they are equal")
        actions.add_parser("relay", help="hand what is due to the workers")
        actions.add_parser("receivers", help="list the receivers: whether they answer, and what waits for them")
        actions.add_parser("dead", help="list the messages that were given up")
        retry = actions.add_parser("retry", help="send messages that were given up on their way again")
        retry.add_argument("messages", nargs="*", type=UUID, metavar="UUID", help="default: all of them")
        changes = {
            "subscribe": "deliver an organisation's messages to an address, and print the secret that signs them",
            "rotate": "print a new secret; for a day messages are signed with the old one too",
            "unsubscribe": "send nothing new to an address",
        }
        for name, described in changes.items():
            change = actions.add_parser(name, help=described)
            change.add_argument("--organisation", required=True, metavar="BIN")
            change.add_argument("--url", required=True)
            change.add_argument("--channel", default=webhook.NAME, choices=channel_names())

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, "_" + options["action"])(**options)

    def _reconcile(self, **_options: Any) -> None:
        found = relay.reconcile()
        text = _(
            "Sent %(sent)d, acknowledged %(acknowledged)d, difference %(difference)d "
            "(under way %(under_way)d, given up %(dead)d, lost %(lost)d)."
        ) % {**vars(found), "difference": found.difference}
        if found.difference:
            raise CommandError(text)
        self.stdout.write(text)

    def _relay(self, **_options: Any) -> None:
        self.stdout.write(_("Messages handed to the workers: %(number)d.") % {"number": relay.run_once()})

    def _receivers(self, **_options: Any) -> None:
        for receiver in receivers.receivers():
            line = _(
                "%(url)s: %(state)s; failures in a row %(failures)d, under way %(under_way)d since %(since)s, "
                "in flight %(in_flight)d, given up %(given_up)d"
            )
            subscription, since = receiver.subscription, receiver.since
            facts = {"url": subscription.url, "failures": subscription.failures, "state": receiver.circuit.label}
            counts = {name: getattr(receiver, name) for name in ("under_way", "in_flight", "given_up")}
            self.stdout.write(line % {**facts, **counts, "since": since.isoformat() if since else "-"})

    def _dead(self, **_options: Any) -> None:
        for message in Message.objects.filter(state=State.DEAD).select_related("subscription"):
            self.stdout.write(f"{message.uuid} {message.topic} {message.key} {message.subscription}: {message.fault}")

    def _retry(self, messages: list[UUID], **_options: Any) -> None:
        chosen = Message.objects.filter(uuid__in=messages) if messages else Message.objects.all()
        self.stdout.write(_("Messages on their way again: %(number)d.") % {"number": relay.retry(chosen)})

    def _subscribe(self, organisation: str, url: str, channel: str, **_options: Any) -> None:
        organisations: Any = Subscription._meta.get_field("organisation").related_model
        found = organisations.objects.filter(bin=organisation).first()
        if found is None:
            raise CommandError(_("There is no organisation with the BIN %(bin)s.") % {"bin": organisation})
        try:
            subscription = subscriptions.subscribe(found, url, channel=channel)
        except Forbidden as fault:
            raise CommandError(str(fault)) from fault
        except Refused as refusal:
            raise CommandError(" ".join(str(problem.message) for problem in refusal.problems)) from refusal
        self.stdout.write(subscription.secret)

    def _rotate(self, **options: Any) -> None:
        self.stdout.write(subscriptions.rotate_secret(self._active(**options)).secret)

    def _unsubscribe(self, **options: Any) -> None:
        subscriptions.unsubscribe(self._active(**options))

    def _active(self, organisation: str, url: str, channel: str, **_options: Any) -> Subscription:
        named = {"organisation__bin": organisation, "url": url, "channel": channel}
        found = Subscription.objects.filter(**named, active=True).first()
        if found is None:
            raise CommandError(_("There is no such subscription."))
        return found
