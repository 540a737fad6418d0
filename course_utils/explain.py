"""The errors that PyTorch beginners meet, in a sentence each."""

from __future__ import annotations

import re
from collections.abc import Callable

Explanation = str | Callable[[re.Match[str]], str]

EXPLANATIONS: tuple[tuple[str, str, Explanation], ...] = (
    ("RuntimeError", r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
     lambda m: f"The left matrix has {m[2]} columns, the right one {m[3]} rows; they must be equal. "
               f"In front of an `nn.Linear` it means: the layer expects {m[3]} features, and {m[2]} came."),
    ("RuntimeError", r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton "
                     r"dimension (\d+)",
     lambda m: f"Broadcasting lines shapes up from the right; in dimension {m[3]} one has {m[1]}, the other {m[2]}, "
               "and neither is 1."),
)


def explain(type_name: str, message: str) -> str:
    """What this exception usually means, or an empty text where there is nothing to add."""
    for expected_type, pattern, explanation in EXPLANATIONS:
        found = re.search(pattern, message)
        if found and expected_type == type_name:
            return explanation(found) if callable(explanation) else explanation
    return ""
