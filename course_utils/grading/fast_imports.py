"""Imported before nbformat: leaves out what takes long to import and is not needed.

nbformat validates with jsonschema, which builds a grammar of internationalized web addresses
(rfc3987_syntax) for 1.4 seconds where that package is installed. Notebooks' schema knows no such
format; jsonschema does without the package where it is missing, and this makes it look missing.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # importing it raises ImportError
