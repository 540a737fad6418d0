"""How many batches a DataLoader gives."""

import math

from course_utils.exercise import Exercise, case

exercise = Exercise(
    name="batches_per_epoch",
    points=2,
    objective="Count batches, and know what happens to the rest.",
    hints=(
        "10 rows in batches of 4: two full ones and a rest of 2. `drop_last` decides whether the rest is a batch.",
        "`n // batch_size` counts the full batches. The rest counts if there is one and it is not dropped.",
        "Rounding up without floats: `-(-n // batch_size)`.",
    ),
    examples=[case(10, 4, False), case(10, 4, True), case(8, 4, False), case(3, 4, True), case(9, 4, False),
              case(11, 4, False)],
    fresh=lambda rng: [case(int(rng.integers(50, 900)), int(rng.integers(3, 40)), bool(i)) for i in (0, 1, 0)],
    check_dtype=False,
)


@exercise.reference
def batches_per_epoch(n, batch_size, drop_last):
    return n // batch_size if drop_last else -(-n // batch_size)


@exercise.alternative
def with_ceil(n, batch_size, drop_last):
    return (math.floor if drop_last else math.ceil)(n / batch_size)


@exercise.alternative
def measured(n, batch_size, drop_last):
    from torch.utils.data import DataLoader

    return len(DataLoader(range(n), batch_size=batch_size, drop_last=drop_last))


@exercise.mistake("The rest is a batch too where it is kept: with `drop_last=False`, 10 rows in fours are 3 batches.")
def always_down(n, batch_size, drop_last):
    return n // batch_size


@exercise.mistake("With `drop_last=True` an incomplete batch is left out: 10 rows in batches of 4 are then 2 batches.")
def always_up(n, batch_size, drop_last):
    return -(-n // batch_size)


@exercise.mistake("One too many where nothing is left over: 8 rows in batches of 4 are 2 batches, not 3.")
def always_one_more(n, batch_size, drop_last):
    return n // batch_size + (not drop_last)


@exercise.mistake("It is the other way round: `drop_last=True` leaves the rest out.")
def swapped(n, batch_size, drop_last):
    return -(-n // batch_size) if drop_last else n // batch_size


@exercise.mistake(
    "`round` goes to the nearest whole number: 9 rows in batches of 4 would give 2, though the ninth row needs a third "
    "batch."
)
def rounded(n, batch_size, drop_last):
    return n // batch_size if drop_last else round(n / batch_size)


@exercise.mistake("A number of batches is a whole number: `/` gives a fraction.")
def fraction(n, batch_size, drop_last):
    return n / batch_size
