"""A world in which decisions are made and hearings ordered."""

from tests.motions.conftest import World, make_world, storage, world

__all__ = ["World", "make_world", "storage", "world"]
