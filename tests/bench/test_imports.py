"""Every program under ``bench`` imports: most are run by hand, and a rename elsewhere must not end them unnoticed."""

import importlib
import pkgutil

import pytest

import bench

PROGRAMS = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_imports(name: str) -> None:
    importlib.import_module(f"bench.{name}")
