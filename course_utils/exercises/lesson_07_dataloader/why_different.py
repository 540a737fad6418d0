"""Which argument of two DataLoaders makes their first batches differ: found by trying."""

import itertools

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


def _rows(rows, size, seed):
    """The numbers of the rows in the first batch of a shuffled loader."""
    loader = DataLoader(range(rows), size, shuffle=True, generator=torch.Generator().manual_seed(seed))
    return next(iter(loader)).tolist()


def _same_last_row(rows, size, seed):
    """The next seed whose first batch is another, but ends with the same row."""
    first = _rows(rows, size, seed)
    return next(other for other in itertools.count(seed + 1)
                if _rows(rows, size, other)[-1] == first[-1] and _rows(rows, size, other) != first)


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
        case(30, _settings(size, True, False, seed), _settings(size, True, False, _same_last_row(30, size, seed))),
        case(40, _settings(size, True, False, seed), _settings(size + 1, False, True, seed + 1), ALIKE),
        case(40, _settings(size, False, True, seed), _settings(size, True, True, seed), ALIKE),
    ]


ALIKE = True  # all rows of the dataset


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
        f"{name}(‹dataset of {args[0]} rows{', all alike' if args[3:] else ''}›, {describe_argument(args[1])}, "
        f"{describe_argument(args[2])})"),
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
        generator = torch.Generator().manual_seed(seed)
        loader = DataLoader(dataset, batch_size, shuffle, drop_last=drop_last, generator=generator)
        return next(iter(loader))[1].tolist()

    return [name for name in one if rows(**one) != rows(**(one | {name: other[name]}))]


@exercise.alternative
def one_name_after_the_other(dataset, one, other):
    found = []
    for name in one:
        batches = []
        for settings in (one, {**one, name: other[name]}):
            order = torch.Generator().manual_seed(settings["seed"])
            loader = DataLoader(dataset, settings["batch_size"], shuffle=settings["shuffle"], generator=order)
            batches.append(next(iter(loader))[0].tolist())
        if batches[0] != batches[1]:
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


def _reasoned(dataset, one, other, rows_drawn):
    found = ["batch_size"] if min(one["batch_size"], rows_drawn) != min(other["batch_size"], rows_drawn) else []
    found += ["shuffle"] if one["shuffle"] != other["shuffle"] else []
    return found + (["seed"] if one["shuffle"] and one["seed"] != other["seed"] else [])


REASONED = (
    "You name settings that leave the first batch as it is. In one of the datasets here all rows are alike, so no "
    "order makes a difference: "
)


@exercise.mistake(REASONED + "compare the batches themselves.", shown_by=lambda code: not code.calls("DataLoader"),
                  otherwise=REASONED + "compare what is in the batches.")
def by_reasoning(dataset, one, other):
    return _reasoned(dataset, one, other, len(dataset))


@exercise.mistake(
    "You name settings that leave the first batch as it is: two batch sizes beyond the number of rows give the same "
    "batch, and where all rows are alike, no order makes a difference. Make the loaders and compare their batches.",
    shown_by=lambda code: not code.calls("DataLoader"),
)
def by_reasoning_without_the_rows(dataset, one, other):
    return _reasoned(dataset, one, other, float("inf"))


COMPARED = "next(iter("
ALIKE_CHANGED = "Both batches are changed alike, and rows that differ still do: none is negative."
exercise.does_the_same(kind="scale", line=COMPARED, because=ALIKE_CHANGED)
exercise.does_the_same(kind="sign", line=COMPARED, because=ALIKE_CHANGED)
exercise.does_the_same("→ .float()", "→ .long()", "→ .abs()", "→ .squeeze()", "→ .squeeze(1)", line=COMPARED,
                       because=ALIKE_CHANGED)
exercise.does_the_same("0 → 1", "0 → -1", "1 → 0", "1 → -1", line=COMPARED,
                       because="Rows are alike in x where they are in y.")
exercise.does_the_same(kind="swapped", line="torch.equal(before", because="`torch.equal` is the same either way round.")
exercise.does_the_same("one → other", line="for name in one", because="Both dicts have the same keys.")
exercise.does_the_same(kind="swapped", line="def rows(", because="These arguments are given by name.")
exercise.does_the_same(", drop_last=drop_last →",
                       because="Every loader here gives a batch, and the first is full or all.")
exercise.does_the_same("→ name =", line="found.append", because="`name` isn't used any more in this round.")
exercise.does_the_same(kind="swapped", line="for settings in", because="Two batches differ either way round.")
exercise.does_the_same(kind="sign", line="if batches[0]", because="There are two batches, so -1 is 1.")
