"""As in all tests: a machine that does much else is slow, and not wrong."""

from hypothesis import settings

settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")
