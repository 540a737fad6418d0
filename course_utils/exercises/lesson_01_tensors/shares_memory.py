"""Predictions: which operations give a view of the same memory, and which a copy."""

from course_utils.exercise import Exercise, case
from course_utils.probes.function import entry


def shares_memory():
    return {
        "slice": True,  # a[0]
        "mask": False,  # a[a > 2]: scattered elements have to be copied out
        "view": True,  # a.view(6)
        "transpose": True,  # a.T: only the strides are swapped
        "reshape_of_transpose": False,  # a.T.reshape(6): the numbers lie in another order
        "numpy": True,  # a.numpy()
    }


TRUTH = shares_memory()

exercise = Exercise(
    name="shares_memory",
    kind="value",
    points=3,
    objective="Tell a view from a copy.",
    hints=(
        "A view is a new way to step through the same numbers: start here, go so far for the next row. Which of these "
        "could be described by a start and fixed steps?",
        "A mask picks elements at no regular distance, so it has to copy. A transpose only swaps the steps.",
        "`reshape` gives a view where it can. After a transpose the numbers are no longer in order, so flattening them "
        "needs a copy. `numpy()` on a CPU tensor shares.",
    ),
    examples=[case(key, part=key) for key in TRUTH],
    probe=entry,
    parts=dict.fromkeys(TRUTH, 0.5),
    starter_text="""
shares_memory = {
    "slice": ...,  # a[0]
    "mask": ...,  # a[a > 2]
    "view": ...,  # a.view(6)
    "transpose": ...,  # a.T
    "reshape_of_transpose": ...,  # a.T.reshape(6)
    "numpy": ...,  # a.numpy()
}
""",
)


exercise.reference(shares_memory)


@exercise.alternative
def measured():
    import torch

    a = torch.arange(6.0).reshape(2, 3)
    others = {"slice": a[0], "mask": a[a > 2], "view": a.view(6), "transpose": a.T,
              "reshape_of_transpose": a.T.reshape(6), "numpy": torch.from_numpy(a.numpy())}
    return {name: a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr() for name, b in others.items()}


@exercise.alternative
def other_order():
    return dict(sorted(TRUTH.items()))


@exercise.mistake("Not everything shares: a mask picks scattered elements, and those have to be copied out.")
def all_share():
    return dict.fromkeys(TRUTH, True)


@exercise.mistake("Not everything copies: slices, views and transposes look at the same memory, and cost nothing.")
def all_copy():
    return dict.fromkeys(TRUTH, False)


@exercise.mistake("All of them are the wrong way round. True means: writing to the one changes the other.")
def swapped():
    return {name: not shared for name, shared in TRUTH.items()}


@exercise.mistake(
    "A mask is the exception: `a[a > 2]` picks scattered elements, so it copies. (Assigning *to* a mask, "
    "`a[a > 2] = 0`, does write into `a`.)"
)
def mask_as_view():
    return {**TRUTH, "mask": True}


@exercise.mistake(
    "After a transpose the numbers lie in memory in another order than the one you read them in, so `reshape` to one "
    "row has to copy. (`view` would refuse, with an error.)"
)
def reshape_as_view():
    return {**TRUTH, "reshape_of_transpose": True}


@exercise.mistake("`a.numpy()` copies nothing: the array and the tensor are two handles on the same memory.")
def numpy_as_copy():
    return {**TRUTH, "numpy": False}


@exercise.mistake("`a[0]` is a slice: it looks at the first row where it lies, and copies nothing.")
def slice_as_copy():
    return {**TRUTH, "slice": False}


@exercise.mistake("`a.view(6)` reads the same numbers with another shape. `view` never copies.")
def view_as_copy():
    return {**TRUTH, "view": False}


@exercise.mistake("`a.T` moves no number; it only swaps the steps, so it shares memory with `a`.")
def transpose_as_copy():
    return {**TRUTH, "transpose": False}
