"""How many batches a DataLoader gives."""

import math

import numpy as np
from torch.utils.data import DataLoader

from course_utils.exercise import Exercise, case
from course_utils.probes.loader import counted


def _fresh(rng):
    """Multiples of the batch size, one row more and one row less, for both values of the flag."""
    drawn = []
    for _ in range(2):
        size = int(rng.integers(3, 40))
        full = size * int(rng.integers(2, 20))
        drawn += [case(full + more, size, drop_last) for more in (0, 1, -1) for drop_last in (False, True)]
    return drawn


exercise = Exercise(
    name="batches_per_epoch",
    points=2,
    objective="Count batches, and know what happens to the rest.",
    hints=(
        "10 rows in batches of 4: two full ones and a rest of 2. `drop_last` decides whether the rest is a batch.",
        "`n // batch_size` counts the full batches. The rest counts if there is one and it is not dropped.",
        "Rounding up without floats: `-(-n // batch_size)`.",
    ),
    examples=[case(10, 4, False), case(10, 4, True), case(8, 4, False), case(8, 4, True), case(3, 4, True),
              case(3, 4, False), case(9, 4, False), case(11, 4, False), case(5, 1, True)],
    fresh=_fresh,
    probe=counted,
)


@exercise.reference
def batches_per_epoch(n, batch_size, drop_last):
    return n // batch_size if drop_last else -(-n // batch_size)


@exercise.alternative
def with_ceil(n, batch_size, drop_last):
    return (math.floor if drop_last else math.ceil)(n / batch_size)


@exercise.alternative
def with_the_rest(n, batch_size, drop_last):
    full, rest = divmod(n, batch_size)
    return full if drop_last or not rest else full + 1


@exercise.mistake(
    "The number is right, but you made a loader and asked it. The exercise is to count without one: how many full "
    "batches are there, and is there a rest?"
)
def measured(n, batch_size, drop_last):
    return len(DataLoader(range(n), batch_size=batch_size, drop_last=drop_last))


@exercise.mistake(
    "The rest is a batch too if it is kept: with `drop_last=False`, 10 rows in batches of 4 are 3 batches."
)
def always_down(n, batch_size, drop_last):
    return n // batch_size


@exercise.mistake("With `drop_last=True` an incomplete batch is left out: 10 rows in batches of 4 are then 2 batches.")
def always_up(n, batch_size, drop_last):
    return -(-n // batch_size)


@exercise.mistake("This is one too many if nothing is left over: 8 rows in batches of 4 are 2 batches, not 3.")
def always_one_more(n, batch_size, drop_last):
    return n // batch_size + (not drop_last)


@exercise.mistake(
    "With `drop_last=True` you always count one batch less. But if nothing is left over, nothing is dropped: 8 rows in "
    "batches of 4 are 2 batches either way."
)
def always_one_less(n, batch_size, drop_last):
    return math.ceil(n / batch_size) - drop_last


@exercise.mistake("It is the other way round: `drop_last=True` leaves the rest out.")
def swapped(n, batch_size, drop_last):
    return -(-n // batch_size) if drop_last else n // batch_size


ROUNDED = (
    "You round to the nearest whole number: 9 rows in batches of 4 would give 2, though the ninth row needs a third "
    "batch. Round up if the rest is kept."
)


@exercise.mistake(ROUNDED)
def rounded(n, batch_size, drop_last):
    return n // batch_size if drop_last else round(n / batch_size)


@exercise.mistake(ROUNDED)
def rounded_half_up(n, batch_size, drop_last):
    return n // batch_size if drop_last else int(n / batch_size + 0.5)


@exercise.mistake(
    "With `drop_last=True` you round to the nearest whole number, so 11 rows in batches of 4 would give 3. A dropped "
    "rest never counts: round down."
)
def rounded_when_dropped(n, batch_size, drop_last):
    return round(n / batch_size) if drop_last else math.ceil(n / batch_size)


FRACTION = "A number of batches is a whole number: `/` gives a float. Use `//`, or round up with `math.ceil`."


@exercise.mistake(FRACTION)
def fraction(n, batch_size, drop_last):
    return n / batch_size


@exercise.mistake(FRACTION)
def fraction_if_kept(n, batch_size, drop_last):
    return n // batch_size if drop_last else n / batch_size


@exercise.mistake(FRACTION)
def fraction_if_dropped(n, batch_size, drop_last):
    return n / batch_size if drop_last else math.ceil(n / batch_size)


@exercise.mistake(FRACTION)
def fraction_plus_one(n, batch_size, drop_last):
    return n // batch_size if drop_last else n / batch_size + 1


FLOATS = "The numbers are right, but they are floats, 3.0 for 3. A number of batches should be an int."


@exercise.mistake(FLOATS)
def with_numpy(n, batch_size, drop_last):
    return float(np.floor(n / batch_size) if drop_last else np.ceil(n / batch_size))


@exercise.mistake(FLOATS)
def numpy_if_kept(n, batch_size, drop_last):
    return n // batch_size if drop_last else float(np.ceil(n / batch_size))


@exercise.mistake(
    "You never go below 1. But with `drop_last=True`, 3 rows in batches of 4 give no batch at all: 0."
)
def at_least_one(n, batch_size, drop_last):
    return max(1, batches_per_epoch(n, batch_size, drop_last))


@exercise.mistake("That is the size of the last, incomplete batch. The number of batches is asked for.")
def the_rest(n, batch_size, drop_last):
    return n % batch_size


exercise.does_the_same("floor → trunc", because="No number of rows is negative.")
