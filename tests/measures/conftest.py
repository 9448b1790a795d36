"""A world in which measures begin and end."""

from tests.motions.conftest import World, make_world, storage, world

__all__ = ["World", "make_world", "storage", "world"]
