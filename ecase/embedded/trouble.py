"""What keeps the launcher from going on."""


class Trouble(Exception):
    """The text is one sentence for the person at the terminal; no traceback is shown."""


class Told(Exception):
    """The same, but another process has said the sentence already."""
