"""The registry of channels. Every module of the folder is imported once, and registers its own."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from django.db.models import Q

from ecase.outbox import channels
from ecase.outbox.channels.base import Channel, NoSuchChannel

_registered: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Add a channel. Raises :class:`ValueError` if another one has the name."""
    if channel.name in _registered:
        raise ValueError(f"there are two channels with the name {channel.name}")
    _registered[channel.name] = channel


def unregister(name: str) -> None:
    """Remove a channel; its waiting messages are not delivered."""
    del _registered[name]


@cache
def load_channels() -> None:
    """Import every module of the folder."""
    for module in iter_modules(channels.__path__, f"{channels.__name__}."):
        import_module(module.name)


def channel_names() -> list[str]:
    """All registered names."""
    load_channels()
    return sorted(_registered)


def find_channel(name: str) -> Channel:
    """The channel of a message. Raises :class:`NoSuchChannel`."""
    load_channels()
    if name not in _registered:
        raise NoSuchChannel(f"this installation has no channel {name!r}")
    return _registered[name]


def names_that_prove_receipt() -> list[str]:
    """The channels on which a recipient's own system answers."""
    return [name for name in channel_names() if _registered[name].proves_receipt]


def proof_of_delivery() -> Q:
    """The delivered messages with proof of delivery, over all channels."""
    proven = Q(pk=None)
    for name in channel_names():
        proven |= Q(channel=name) & _registered[name].proof()
    return proven
