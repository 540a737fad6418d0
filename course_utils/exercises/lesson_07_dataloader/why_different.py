"""Which argument of two DataLoaders makes their first batches differ: found by trying."""

import torch
from torch.utils.data import DataLoader

from course_utils.evidence.describe import describe_argument
from course_utils.exercise import Exercise, case
from course_utils.probes.loader import differing


def _settings(batch_size, shuffle, drop_last, seed):
    return {"batch_size": batch_size, "shuffle": shuffle, "drop_last": drop_last, "seed": seed}


def _backwards(*values):
    """The same dict with its keys in the opposite order, which must not matter."""
    return dict(reversed(_settings(*values).items()))


def _fresh(rng):
    size, seed = int(rng.integers(3, 7)), int(rng.integers(100))
    return [
        case(40, _settings(size, True, False, seed), _settings(size, True, True, seed + 1)),
        case(40, _settings(size, False, False, seed), _settings(size + 1, False, True, seed + 1)),
        case(40, _settings(size, True, True, seed), _settings(size + 2, False, False, seed + 3)),
        case(40, _backwards(size, False, True, seed), _backwards(size, True, True, seed + 1)),
    ]


exercise = Exercise(
    name="why_different",
    points=2,
    objective="Find a cause by changing one thing at a time.",
    hints=(
        "Change one thing at a time: take the settings `one`, put in a single value of `other`, and look whether the "
        "first batch is another. Start from `one` again for the next name.",
        "`seed` is no argument of DataLoader. Take it out of a copy of the settings, and give the loader "
        "`generator=torch.Generator().manual_seed(seed)`. `next(iter(loader))` is the first batch, a list `[x, y]`; "
        "comparing its `x` is enough.",
        "`torch.equal(a, b)` is False for other values and for other shapes. The names: "
        "`[name for name in one if not torch.equal(first(one), first({**one, name: other[name]}))]`.",
    ),
    examples=[
        case(12, _settings(4, False, False, 0), _settings(4, True, True, 1)),
        case(12, _settings(4, True, False, 0), _settings(4, True, True, 1)),
    ],
    fresh=_fresh,
    probe=differing,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹dataset of {args[0]} rows›, {describe_argument(args[1])}, {describe_argument(args[2])})"),
)


@exercise.reference
def why_different(dataset, one, other):
    def first_batch(settings):
        arguments = dict(settings)
        generator = torch.Generator().manual_seed(arguments.pop("seed"))
        return next(iter(DataLoader(dataset, generator=generator, **arguments)))[0]

    before = first_batch(one)
    return [name for name in one if not torch.equal(before, first_batch({**one, name: other[name]}))]


@exercise.alternative
def as_a_set(dataset, one, other):
    def rows(batch_size, shuffle, drop_last, seed):
        generator = torch.Generator()
        generator.manual_seed(seed)
        loader = DataLoader(dataset, batch_size, shuffle, drop_last=drop_last, generator=generator)
        for _, labels in loader:
            return labels.tolist()
        return []

    return {name for name in one if rows(**one) != rows(**(one | {name: other[name]}))}


@exercise.alternative
def with_the_global_seed(dataset, one, other):
    found = []
    for name in sorted(one):
        batches = []
        for settings in (one, {**one, name: other[name]}):
            torch.manual_seed(settings["seed"])
            order = torch.Generator().manual_seed(settings["seed"])
            loader = DataLoader(dataset, settings["batch_size"], shuffle=settings["shuffle"], generator=order)
            batches.append(next(iter(loader))[1])
        if batches[0].shape != batches[1].shape or bool((batches[0] != batches[1]).any()):
            found.append(name)
    return found


@exercise.mistake(
    "You named every setting that differs. Many make no difference to the first batch: without shuffling, for one, the "
    "seed decides nothing. Try each."
)
def all_that_differ(dataset, one, other):
    return [name for name in one if one[name] != other[name]]


@exercise.mistake(
    "The seed is left out, so every shuffled loader has an order of its own, and everything seems to make a "
    "difference. Give each loader `generator=torch.Generator().manual_seed(seed)`."
)
def not_seeded(dataset, one, other):
    def first_batch(settings):
        arguments = {name: value for name, value in settings.items() if name != "seed"}
        return next(iter(DataLoader(dataset, **arguments)))[0]

    return [name for name in one if not torch.equal(first_batch(one), first_batch({**one, name: other[name]}))]


@exercise.mistake(
    "You started from `other` and put in values of `one`. The question is what changes the batch that `one` gives: "
    "start from `one`."
)
def from_the_wrong_side(dataset, one, other):
    return why_different(dataset, other, one)


@exercise.mistake(
    "You compared only the shapes. Two batches of the same size may hold other rows: `torch.equal` looks at the values "
    "too."
)
def only_shapes(dataset, one, other):
    return [name for name in ("batch_size",) if one[name] != other[name]]


@exercise.mistake("You stopped at the first name. There may be several that make a difference; return all of them.")
def only_the_first(dataset, one, other):
    return why_different(dataset, one, other)[:1]


def _first_batch(dataset, settings):
    generator = torch.Generator().manual_seed(settings["seed"])
    loader = DataLoader(dataset, settings["batch_size"], shuffle=settings["shuffle"], generator=generator)
    return next(iter(loader))[0]


CHANGES_KEPT = (
    "The earlier changes were still in when you tried the next name. Each setting is to be changed alone: begin every "
    "time with a new copy of `one`, as `{**one, name: other[name]}` makes."
)


@exercise.mistake(CHANGES_KEPT)
def changes_pile_up(dataset, one, other):
    found, settings = [], dict(one)
    for name in one:
        settings[name] = other[name]
        if not torch.equal(_first_batch(dataset, one), _first_batch(dataset, settings)):
            found.append(name)
    return found


@exercise.mistake(CHANGES_KEPT)
def step_by_step(dataset, one, other):
    found, settings = [], dict(one)
    for name in one:
        before = _first_batch(dataset, settings)
        settings[name] = other[name]
        if not torch.equal(before, _first_batch(dataset, settings)):
            found.append(name)
    return found


@exercise.mistake(
    "`pop` took the seed out of the dict that you were given, so it was missing at the next call. Pop it from a copy: "
    "`arguments = dict(settings)`."
)
def seed_popped_from_the_original(dataset, one, other):
    def first_batch(settings):
        generator = torch.Generator().manual_seed(settings.pop("seed"))
        return next(iter(DataLoader(dataset, generator=generator, **settings)))[0]

    before = first_batch(one)
    return [name for name in other if not torch.equal(before, first_batch({**one, name: other[name]}))]
