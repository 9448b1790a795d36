"""Whether the rows of every motion say what its acts and the log say; registered with ``manage.py audit verify``."""
