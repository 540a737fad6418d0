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
        case(23, _settings(30, True, False, seed), _settings(40, False, False, seed + 1)),  # each batch is everything
        case(23, _settings(30, False, False, seed), _settings(40, False, False, seed)),
        case(40, _settings(size, True, False, seed), _settings(size, True, False, seed)),
    ]


exercise = Exercise(
    name="why_different",
    points=2,
    objective="Find a cause by changing one thing at a time.",
    hints=(
        "Change one thing at a time: take the settings `one`, put in a single value of `other`, and check "
        "whether the first batch changes. Start from `one` again for the next name.",
        "`DataLoader` has no argument `seed`. Take it out of a copy of the settings, and give the loader "
        "`generator=torch.Generator().manual_seed(seed)`. `next(iter(loader))` is the first batch, a list `[x, y]`; "
        "comparing its `x` is enough.",
        "`torch.equal(a, b)` is False for different values and for different shapes. The names: "
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
def by_labels(dataset, one, other):
    def rows(batch_size, shuffle, drop_last, seed):
        generator = torch.Generator()
        generator.manual_seed(seed)
        loader = DataLoader(dataset, batch_size, shuffle, drop_last=drop_last, generator=generator)
        for _, labels in loader:
            return labels.tolist()
        return []

    return [name for name in one if rows(**one) != rows(**(one | {name: other[name]}))]


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
    "You named every setting that differs. Some make no difference to the first batch: without shuffling, for example, "
    "the seed decides nothing. Try each."
)
def all_that_differ(dataset, one, other):
    return [name for name in one if one[name] != other[name]]


@exercise.mistake(
    "Two shuffled loaders with the same settings gave different batches in your comparison, so everything seems to "
    "make a difference. Each loader needs a generator of its own that starts from its seed: "
    "`generator=torch.Generator().manual_seed(seed)`."
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
    "You compared only the shapes. Two batches of the same size may contain different rows: `torch.equal` looks at the "
    "values too.",
    shown_by=lambda code: any(map(code.names, ("shape", "len", "size"))),
    otherwise="You never find anything but the batch size. Shuffling changes the first batch too, and so does the seed "
    "if the loader shuffles.",
)
def only_shapes(dataset, one, other):
    shape = _first_batch(dataset, one).shape
    return [name for name in one if _first_batch(dataset, {**one, name: other[name]}).shape != shape]


@exercise.mistake("You stopped at the first name. There may be several that make a difference; return all of them.")
def only_the_first(dataset, one, other):
    return why_different(dataset, one, other)[:1]


@exercise.mistake(
    "The names are right, but they come in a set. The exercise asks for a list: `list(...)` turns a set into one."
)
def as_a_set(dataset, one, other):
    return set(why_different(dataset, one, other))


@exercise.mistake(
    "You return the names that make *no* difference. Keep those for which the two batches are not equal."
)
def those_without_effect(dataset, one, other):
    found = why_different(dataset, one, other)
    return [name for name in one if name not in found]


@exercise.mistake(
    "`DataLoader` has no argument `seed`. Take it out of a copy of the settings, and give the loader "
    "`generator=torch.Generator().manual_seed(seed)` instead."
)
def seed_given_to_the_loader(dataset, one, other):
    def first_batch(settings):
        return next(iter(DataLoader(dataset, **settings)))[0]

    return [name for name in one if not torch.equal(first_batch(one), first_batch({**one, name: other[name]}))]


def _first_batch(dataset, settings):
    generator = torch.Generator().manual_seed(settings["seed"])
    loader = DataLoader(dataset, settings["batch_size"], shuffle=settings["shuffle"], generator=generator)
    return next(iter(loader))[0]


CHANGES_KEPT = (
    "The earlier changes were still there when you tried the next name. Change each setting alone: start from a new "
    "copy of `one` every time, as `{**one, name: other[name]}` does."
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
    "`arguments = dict(settings)`.",
    shown_by=lambda code: code.calls("pop") > 0,
)
def seed_popped_from_the_original(dataset, one, other):
    def first_batch(settings):
        generator = torch.Generator().manual_seed(settings.pop("seed"))
        return next(iter(DataLoader(dataset, generator=generator, **settings)))[0]

    before = first_batch(one)
    return [name for name in other if not torch.equal(before, first_batch({**one, name: other[name]}))]


exercise.does_the_same("→ / len(settings)", "→ .abs()", line="next(iter(DataLoader",
                       because="Both batches are changed alike, and rows that differ still do: none is negative.")
