"""How static files are named when they are served."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own expressions; the first part is the names that it would look at.
_ANY_SCRIPT, _IMPORTS = getattr(HashedFilesMixin, "_js_module_import_aggregation_patterns")  # noqa: B009


class Storage(CompressedManifestStaticFilesStorage):
    """Names every file by its content, also the modules that our scripts import: a browser keeps them for good (P-A16).

    Scripts of others are left alone: Django takes an example in a comment for an import.
    """

    patterns = (*HashedFilesMixin.patterns, ("portal/js/*.js", _IMPORTS))
