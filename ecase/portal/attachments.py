"""The attachments of a motion on a page, under the requirements of its kind."""

from typing import Any

from workflows.motions.models import Motion


def parts(motion: Motion, *, waiting: bool = False) -> list[dict[str, Any]]:
    """Each requirement with its attachments; with ``waiting`` only those that no signed act states yet."""
    held = motion.attachments.select_related("document__blob")
    shown = list(held.filter(filed_by=None) if waiting else held)
    return [
        {"requirement": attachment, "attachments": [each for each in shown if each.requirement == attachment.key]}
        for attachment in motion.kind_entry.attachments
    ]
