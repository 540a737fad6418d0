"""Moving a nested batch."""

import torch

from course_utils.evidence.describe import describe_argument
from course_utils.exercise import Exercise, case
from course_utils.probes.device import moved


def _nest(rng):
    n = int(rng.integers(2, 6))
    return {"image": torch.full((n, 3, 4, 4), 7, dtype=torch.uint8), "boxes": [-torch.ones(k, 4) for k in range(1, n)],
            "meta": ("a.png", {"label": torch.arange(n), "size": n, "path": None}), "empty": [],
            "pairs": [(-torch.arange(n, dtype=torch.float64), True), ({0: torch.zeros(n, dtype=torch.bool)}, 0.5)]}


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
    "Nothing has moved. `.to` doesn't change a tensor, it returns a new one: put what `.to` returns into the result.",
    shown_by=lambda code: code.calls("to") > 0,
    otherwise="Nothing has moved: every tensor of the result is where it was.",
)
def result_dropped(batch, device):
    if isinstance(batch, torch.Tensor):
        batch.to(device)
    elif isinstance(batch, dict):
        for value in batch.values():
            result_dropped(value, device)
    elif isinstance(batch, list | tuple):
        for value in batch:
            result_dropped(value, device)
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


@exercise.mistake("Tuples come back as lists. Keep the type: `type(batch)(...)`.")
def tuples_to_lists(batch, device):
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: tuples_to_lists(value, device) for key, value in batch.items()}
    if isinstance(batch, list | tuple):
        return [tuples_to_lists(value, device) for value in batch]
    return batch


@exercise.mistake("Dicts are left as they are. Loaders often return them: move every value, and keep the keys.")
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


def _moved(batch, device, list_type=list, tuple_type=tuple, kinds=(list, tuple), move=lambda x, device: x.to(device)):
    """The reference, with other types for lists and tuples, only some of the kinds, or another way to move."""
    if isinstance(batch, torch.Tensor):
        return move(batch, device)
    options = {"list_type": list_type, "tuple_type": tuple_type, "kinds": kinds, "move": move}
    if isinstance(batch, dict):
        return {key: _moved(value, device, **options) for key, value in batch.items()}
    if isinstance(batch, kinds):
        return (list_type if isinstance(batch, list) else tuple_type)(_moved(v, device, **options) for v in batch)
    return batch


@exercise.mistake("Lists come back as tuples. Keep the type: `type(batch)(...)`.")
def lists_to_tuples(batch, device):
    return _moved(batch, device, list_type=tuple)


@exercise.mistake("Tuples are left as they are. Loaders often return them: move what is in them, too.")
def tuples_forgotten(batch, device):
    return _moved(batch, device, kinds=(list,))


@exercise.mistake("Lists are left as they are. Move what is in them, too.")
def lists_forgotten(batch, device):
    return _moved(batch, device, kinds=(tuple,))


@exercise.mistake(
    "Every tensor becomes float32. Only the device should change: labels stay int64, and images uint8."
)
def made_float(batch, device):
    return _moved(batch, device, move=lambda x, device: x.float().to(device))


exercise.does_the_same(kind="order of statements", because="Nothing is of two of these types.")
exercise.does_the_same("True → False", ", non_blocking=True →", because="The values are the same, sooner or later.")
