"""Whether two outputs that are drawn at random, as dropout does, come from the same rule: judged by statistics."""

from __future__ import annotations

import torch

from course_utils.evidence.codec import Observed
from course_utils.evidence.facts import Spread

FACTOR = 1.09  # between two overall spreads: dropout of 0.2 and of 0.22 are 1.06 apart, of 0.2 and of 0.25 1.15
ERRORS = 7.0  # standard errors between two means


def spreads_apart(expected: Spread, got: Spread) -> str | None:
    """Return in what two random outputs differ; None if each could be the other."""
    parts = (expected.mean, expected.std, got.mean, got.std)
    if not all(isinstance(part, Observed) and part.value.shape == expected.mean.value.shape for part in parts):
        return "In train mode, the outputs of many calls could not be compared."
    want_mean, want_std, have_mean, have_std = (part.value.double() for part in parts)
    if not all(bool(torch.isfinite(part).all()) for part in (want_mean, want_std, have_mean, have_std)):
        return "Over many calls, some of the outputs are nan or infinite."
    ratio = float((have_std.square().mean() / want_std.square().mean().clamp(min=1e-24)).sqrt())
    if not 1 / FACTOR < ratio < FACTOR:
        return (f"From call to call the output varies {ratio:.2f} times as much as it should. How much is dropped, and "
                "in how many places?")
    error = ((want_std.square() + have_std.square()) / min(expected.count, got.count)).sqrt() + 1e-9
    if bool(((have_mean - want_mean).abs() / error > ERRORS).any()):
        return "Over many calls, the mean of the output is not what it should be."
    return None
