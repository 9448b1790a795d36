"""Verifies the rows of every motion against its acts and the log; registered with ``manage.py audit verify``."""
