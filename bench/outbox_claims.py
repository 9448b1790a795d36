"""``python -m bench.outbox_claims``: 100,000 messages are claimed repeatedly, never posted, and none is lost (O-F3).

No worker takes the claims up, their leases expire, and the messages are claimed again, until each has been claimed more
often than the retry ladder has steps. At the end every message must wait with no attempt counted. Exit code 1 if one
does not.
"""

import argparse
import sys
import time
from datetime import timedelta
from typing import Any

from bench import outbox_world

MESSAGES, AT_ONCE = 100_000, 5_000


def main(messages: int) -> int:
    """Print the rate of claims, and what is left."""
    with outbox_world.database(ECASE_WEBHOOK_IN_FLIGHT=str(messages), ECASE_OUTBOX_IN_FLIGHT=str(messages)):
        outbox_world.send(messages, keys=messages)

        from django.conf import settings

        rounds = len(settings.OUTBOX_RETRY_SECONDS) + 2
        claimed, seconds = _claim(rounds, messages)
        left = _left()
    print(f"{claimed:,} claims of {messages:,} messages in {rounds} rounds, {claimed / seconds:,.0f} a second")
    print(f"left: {left} (limit: all of them pending, with no attempt)")
    return 0 if left == {("pending", 0): messages} and claimed == rounds * messages else 1


def _claim(rounds: int, messages: int) -> tuple[int, float]:
    from django.conf import settings
    from django.utils import timezone

    from ecase.outbox import relay

    claimed, begun = 0, time.perf_counter()
    for number in range(rounds):
        now = timezone.now() + timedelta(seconds=(settings.OUTBOX_LEASE_SECONDS + 1) * number)
        for _part in range(0, messages, AT_ONCE):
            claimed += len(relay.claim(now, AT_ONCE))
    return claimed, time.perf_counter() - begun


def _left() -> dict[tuple[Any, Any], int]:
    from django.db.models import Count

    from ecase.outbox.models import Message

    rows = Message.objects.order_by().values_list("state", "attempts").annotate(number=Count("pk"))
    return {(state, attempts): number for state, attempts, number in rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    sys.exit(main(parser.parse_args().messages))
