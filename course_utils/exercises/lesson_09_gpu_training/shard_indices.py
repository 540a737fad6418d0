"""Which rows belong to which process."""

import math

import torch

from course_utils.exercise import Exercise, case

exercise = Exercise(
    name="shard_indices",
    points=2,
    objective="Share a dataset out among processes that stay in step.",
    hints=(
        "Process `rank` takes rows rank, rank + world_size, rank + 2 · world_size, … How would you write that as a "
        "`range`?",
        "All must get equally many, or one process waits forever: `math.ceil(n / world_size)` each. When the rows run "
        "out, go on with row 0, 1, …",
        "`[(rank + i * world_size) % n for i in range(math.ceil(n / world_size))]`.",
    ),
    examples=[case(6, 0, 2), case(6, 1, 3), case(7, 1, 2, part="not divisible")],
    fresh=lambda rng: [
        case(4 * int(rng.integers(3, 9)), int(rng.integers(1, 4)), 4),
        case(5 * int(rng.integers(2, 6)) + 2, 3, 5, part="not divisible"),
        case(5 * int(rng.integers(2, 6)) + 2, 4, 5, part="not divisible"),
        case(3 * int(rng.integers(3, 9)) + 1, 0, 3, part="not divisible"),
        case(2, int(rng.integers(2, 5)), 5, part="not divisible"),  # the rows come round more than once
        case(1, 2, 4, part="not divisible"),
    ],
    parts={"": 1, "not divisible": 1},
)


@exercise.reference
def shard_indices(n, rank, world_size):
    share = math.ceil(n / world_size)
    return [(rank + i * world_size) % n for i in range(share)]


@exercise.alternative
def padded_list(n, rank, world_size):
    rows = list(range(n))
    while len(rows) % world_size:
        rows.append(rows[len(rows) - n])
    return rows[rank::world_size]


@exercise.alternative
def with_tensors(n, rank, world_size):
    padded = torch.arange(-(-n // world_size) * world_size) % n
    return padded.view(-1, world_size)[:, rank].tolist()


@exercise.mistake(
    "The shares differ by one if n is no multiple of world_size. Processes exchange gradients in every step, so the "
    "one with the extra step would wait for ever. Go on with the first rows until all have equally many."
)
def unequal_shares(n, rank, world_size):
    return list(range(rank, n, world_size))


@exercise.mistake(
    "The last rows are dropped and never trained on. Fill up from the beginning: every row at least once, all shares "
    "equally large."
)
def rest_dropped(n, rank, world_size):
    return [rank + i * world_size for i in range(n // world_size)]


@exercise.mistake(
    "You cut the rows into blocks. The rule here is one by one in turn: rank, rank + world_size, rank + 2 · "
    "world_size, …"
)
def in_blocks(n, rank, world_size):
    share = math.ceil(n / world_size)
    return [i % n for i in range(rank * share, (rank + 1) * share)]


@exercise.mistake("Ranks count from 0: process 0 takes row 0 first.")
def ranks_from_one(n, rank, world_size):
    return [(rank + 1 + i * world_size) % n for i in range(math.ceil(n / world_size))]


@exercise.mistake("Every process gets all rows, so all do the same work. Each should take only its own share.")
def everything(n, rank, world_size):
    return list(range(n))


@exercise.mistake("The last row of the share is missing: round up with `math.ceil`, then fill up from the beginning.")
def one_too_few(n, rank, world_size):
    return shard_indices(n, rank, world_size)[:-1]


@exercise.mistake(
    "This is one too many if `n` is a multiple of `world_size`. Round up with `math.ceil(n / world_size)`."
)
def always_one_more(n, rank, world_size):
    return [(rank + i * world_size) % n for i in range(n // world_size + 1)]


@exercise.mistake(
    "You fill up with the process's own first row. The rows go on in turn: the first process that lacks one takes row "
    "0, the next row 1."
)
def filled_with_its_own(n, rank, world_size):
    rows = list(range(rank, n, world_size))
    return rows if len(rows) == math.ceil(n / world_size) else [*rows, rank]


@exercise.mistake(
    "You filled up with `n % world_size` rows. That is how many are *left over*; fill up with the number *missing*, "
    "`-n % world_size`."
)
def filled_with_the_rest(n, rank, world_size):
    rows = list(range(n))
    return (rows + rows[: n % world_size])[rank::world_size]


@exercise.mistake("Every process that lacks a row takes row 0. They go on in turn: row 0, then row 1, and so on.")
def filled_with_row_0(n, rank, world_size):
    rows = list(range(rank, n, world_size))
    return rows if len(rows) == math.ceil(n / world_size) else [*rows, 0]


@exercise.mistake(
    "Too few rows are filled up if there are more processes than rows. Start from row 0 again as often as needed: "
    "`i % n` does that."
)
def filled_up_once(n, rank, world_size):
    rows = list(range(n))
    return (rows + rows[:-n % world_size])[rank::world_size]


@exercise.mistake(
    "The rows of all shares are the right ones, but they are a tensor. Return a list of ints: `.tolist()`."
)
def a_tensor(n, rank, world_size):
    return torch.tensor(shard_indices(n, rank, world_size))


exercise.does_the_same("world_size → -world_size", "len(rows) → -len(rows)", line="while len(rows)",
                       because="Only whether something is left over counts, and that has no sign.")
exercise.does_the_same("(-n // world_size) * world_size → ((-n // world_size) * world_size)", "→ [:, None]",
                       "→ [None]", line="torch.arange",
                       because="The sign can be taken last, and `view` makes the same table of it.")
