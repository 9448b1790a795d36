"""The order of people's names: that of the Kazakh alphabet, which contains the Russian one (ADR 65).

The database makes the key by one function and stores it; it is compared byte by byte (collation ``C``), so that every
server has the same order, whatever collations it knows.
"""

from django.db.models import Func, TextField


class NameKey(Func):
    """The sort key of a name, given its parts in the order in which they count."""

    function = "ecase_name_key"
    output_field = TextField()
