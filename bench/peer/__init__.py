"""The stock peer: the same pipeline as an ordinary Django project would have it, to compare with in the same run.

Django, REST framework, TokenAuthentication, CursorPagination, django-filter, django-fsm-2, django-fsm-log,
django-auditlog, pyHanko; no code of the service. ``bench.text`` says what it does not do.
"""
