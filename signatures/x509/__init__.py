"""Certificates, the trust store, and revocation."""

import warnings

# X.520 limits a common name to 64 characters; the library counts octets, of which a Kazakh or Russian letter has two.
# The national authority's own name would cause a warning at every reading, although nothing of it is cut (F-F19).
warnings.filterwarnings("ignore", "Attribute's length must be", UserWarning)
