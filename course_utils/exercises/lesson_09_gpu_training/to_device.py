"""Moving a nested batch."""

import torch

from course_utils.evidence.describe import describe_argument
from course_utils.exercise import Exercise, case
from course_utils.probes.device import moved


def _nest(rng):
    n = int(rng.integers(2, 6))
    return {"image": torch.zeros(n, 3, 4, 4), "boxes": [torch.zeros(k, 4) for k in range(1, n)],
            "meta": ("a.png", {"label": torch.zeros(n), "size": n, "path": None})}


exercise = Exercise(
    name="to_device",
    points=2,
    objective="Move whatever a loader gives you, however it is nested.",
    hints=(
        "A function that calls itself: for a tensor, move it; for a list, tuple or dict, call `to_device` on "
        "each thing "
        "in it; for anything else, return it.",
        "`isinstance(batch, torch.Tensor)` first. A dict: `{key: to_device(value, device) for key, value in "
        "batch.items()}`.",
        "A list or tuple should stay what it is: `type(batch)(to_device(value, device) for value in batch)`.",
    ),
    examples=lambda: [
        case(torch.zeros(2, 3)),
        case([torch.zeros(2), torch.ones(1)]),
        case({"image": torch.zeros(2, 3), "name": ["a.png", "b.png"], "pair": (torch.zeros(1), 7)}),
    ],
    fresh=lambda rng: [case(_nest(rng))],
    probe=moved,
    shown_call=lambda name, args, kwargs: f"{name}({describe_argument(args[0])}, ‹device›)",
)


@exercise.reference
def to_device(batch, device):
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: to_device(value, device) for key, value in batch.items()}
    if isinstance(batch, list | tuple):
        return type(batch)(to_device(value, device) for value in batch)
    return batch


@exercise.alternative
def by_match(batch, device):
    match batch:
        case torch.Tensor():
            return batch.to(device, non_blocking=True)
        case dict():
            return dict(zip(batch, [by_match(value, device) for value in batch.values()]))
        case list():
            return [by_match(value, device) for value in batch]
        case tuple():
            return tuple(by_match(value, device) for value in batch)
    return batch


@exercise.alternative
def with_tree_map(batch, device):
    from torch.utils._pytree import tree_map

    return tree_map(lambda value: value.to(device) if hasattr(value, "to") else value, batch)


@exercise.mistake(
    "`.to` does not change a tensor, it returns another one. Yours was thrown away: put what `.to` gives into the "
    "result."
)
def result_dropped(batch, device):
    return batch


@exercise.mistake("Only the outermost level is moved. What is nested deeper needs a call of `to_device` on itself.")
def one_level(batch, device):
    def move(value):
        return value.to(device) if isinstance(value, torch.Tensor) else value

    if isinstance(batch, dict):
        return {key: move(value) for key, value in batch.items()}
    if isinstance(batch, list | tuple):
        return type(batch)(move(value) for value in batch)
    return move(batch)


@exercise.mistake("Tuples became lists. Keep the type: `type(batch)(...)`.")
def tuples_to_lists(batch, device):
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: tuples_to_lists(value, device) for key, value in batch.items()}
    if isinstance(batch, list | tuple):
        return [tuples_to_lists(value, device) for value in batch]
    return batch


@exercise.mistake("Dicts are passed over. Loaders like to give them: move every value, and keep the keys.")
def dicts_forgotten(batch, device):
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, list | tuple):
        return type(batch)(dicts_forgotten(value, device) for value in batch)
    return batch


@exercise.mistake(
    "A file name has no `.to`. Move tensors, go into lists, tuples and dicts, and return everything else as it is."
)
def moves_everything(batch, device):
    if isinstance(batch, dict):
        return {key: moves_everything(value, device) for key, value in batch.items()}
    if isinstance(batch, list | tuple):
        return type(batch)(moves_everything(value, device) for value in batch)
    return batch.to(device)
