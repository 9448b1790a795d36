"""Celery's consumer without queues for delayed tasks.

With quorum queues Celery declares 28 more of them on RabbitMQ, for tasks with an ETA. ecase has no such tasks: what is
to happen later is a row that the watch claims.
"""

from celery.worker import consumer


class Consumer(consumer.Consumer):
    """Celery's own without the step that declares those queues."""

    class Blueprint(consumer.Consumer.Blueprint):
        default_steps = [step for step in consumer.Consumer.Blueprint.default_steps if "delayed_delivery" not in step]
