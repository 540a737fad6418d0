"""A collate function for sequences of different lengths."""

import torch
from torch.nn.utils.rnn import pad_sequence

from course_utils.exercise import Exercise, case
from course_utils.probes.loader import collated


def _batch(rng, lengths):
    """Sequences of random numbers with labels; those of three or more values have a 0 inside and one at the end."""
    pairs = []
    for number in lengths:
        values = torch.from_numpy(rng.normal(3, 0.5, size=number)).float()
        if number > 2:
            values[1] = values[-1] = 0
        pairs.append((values, int(rng.integers(5))))
    return case(pairs)


exercise = Exercise(
    name="pad_collate",
    points=2,
    objective="Make a batch of examples that don't stack.",
    hints=(
        "A batch comes as a list of pairs. `sequences, labels = zip(*batch)` takes it apart.",
        "All rows must be as long as the longest. Start from `torch.zeros(len(batch), longest)` and write each "
        "sequence into the front of its row.",
        "`torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True)` does the padding. The lengths are those from "
        "before: `torch.tensor([len(s) for s in sequences])`.",
    ),
    examples=lambda: [case([(torch.tensor([1.0, 2.0, 3.0]), 0), (torch.tensor([4.0]), 1)])],
    fresh=lambda rng: [_batch(rng, [2, 5, 3]), _batch(rng, [4, 1, 6, 2]), _batch(rng, [3, 3, 3]), _batch(rng, [4])],
    probe=collated,
)


@exercise.reference
def pad_collate(batch):
    sequences, labels = zip(*batch)
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    padded = torch.zeros(len(batch), int(lengths.max()))
    for row, sequence in zip(padded, sequences):
        row[:len(sequence)] = sequence
    return padded, lengths, torch.tensor(labels)


@exercise.alternative
def with_pad_sequence(batch):
    sequences = [sequence for sequence, _ in batch]
    lengths = torch.tensor([sequence.shape[0] for sequence in sequences])
    return pad_sequence(sequences, batch_first=True), lengths, torch.tensor([label for _, label in batch])


@exercise.alternative
def with_pad(batch):
    longest = max(len(sequence) for sequence, _ in batch)
    padded = [torch.nn.functional.pad(sequence, (0, longest - len(sequence))) for sequence, _ in batch]
    return [torch.stack(padded), torch.tensor([len(s) for s, _ in batch]), torch.tensor([y for _, y in batch])]


@exercise.mistake("The zeros are in front. Pad after the sequence, so that its first value stays the first.")
def padded_in_front(batch):
    padded, lengths, labels = pad_collate(batch)
    rows = [row.roll(padded.shape[1] - int(n)) for row, n in zip(padded, lengths, strict=True)]
    return torch.stack(rows), lengths, labels


@exercise.mistake(
    "You cut all sequences to the shortest, which throws data away. Lengthen them to the longest instead."
)
def cut_to_the_shortest(batch):
    shortest = min(len(sequence) for sequence, _ in batch)
    padded, _, labels = pad_collate([(sequence[:shortest], label) for sequence, label in batch])
    return padded, torch.tensor([len(sequence) for sequence, _ in batch]), labels


@exercise.mistake(
    "You cut all sequences to the shortest, and the lengths are those after the cut. Lengthen them to the longest "
    "instead."
)
def cut_and_measured(batch):
    shortest = min(len(sequence) for sequence, _ in batch)
    return pad_collate([(sequence[:shortest], label) for sequence, label in batch])


@exercise.mistake(
    "`pad_sequence` puts the batch second unless told otherwise: this is (longest, N). Pass `batch_first=True`.",
    shown_by=lambda code: code.calls("pad_sequence") > 0,
    otherwise="The padded tensor is transposed: (longest, N) instead of (N, longest).",
)
def batch_second(batch):
    _, lengths, labels = pad_collate(batch)
    return pad_sequence([s for s, _ in batch]), lengths, labels


@exercise.mistake(
    "All lengths are the same, that of the padded rows. Without the true ones nobody can tell a padded 0 from a real "
    "one: take the lengths of the sequences before padding."
)
def lengths_after_padding(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded, torch.full_like(lengths, padded.shape[1]), labels


@exercise.mistake(
    "These lengths count the values that are not 0. But a sequence may hold zeros of its own, and they are part of it: "
    "take `len(sequence)` before padding."
)
def lengths_without_zeros(batch):
    padded, _, labels = pad_collate(batch)
    return padded, (padded != 0).sum(dim=1), labels


@exercise.mistake("The lengths are missing. Return three things: the padded rows, the lengths, the labels.")
def no_lengths(batch):
    padded, _, labels = pad_collate(batch)
    return padded, labels


@exercise.mistake(
    "`torch.stack` needs equal shapes, and these sequences have different ones. That is why the default collate fails, "
    "too: pad first."
)
def just_stacked(batch):
    sequences, labels = zip(*batch, strict=True)
    return torch.stack(sequences), torch.tensor([len(s) for s in sequences]), torch.tensor(labels)


@exercise.mistake(
    "`torch.empty` reserves memory and leaves in it whatever was there before. That is often 0, but nobody promises "
    "it: start from `torch.zeros`.",
    shown_by=lambda code: any(map(code.names, ("empty", "empty_like", "new_empty", "Tensor", "FloatTensor"))),
    otherwise="After some sequences there are numbers that nobody wrote. Fill up with zeros.",
)
def from_empty_memory(batch):
    lengths = torch.tensor([len(sequence) for sequence, _ in batch])
    padded = torch.empty(len(batch), int(lengths.max()))
    for row, (sequence, _) in zip(padded, batch, strict=True):
        row[:len(sequence)] = sequence
    return padded, lengths, torch.tensor([label for _, label in batch])


@exercise.mistake("The labels are a list or tuple. A batch is tensors throughout: `torch.tensor(labels)`.")
def labels_as_list(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded, lengths, labels.tolist()


@exercise.mistake(
    "A batch is a list of pairs, one for each row, but you unpacked it as if it were one pair. `zip(*batch)` turns the "
    "rows into columns: `sequences, labels = zip(*batch)`."
)
def list_unpacked_as_a_pair(batch):
    sequences, labels = batch
    return pad_sequence(sequences, batch_first=True), torch.tensor([len(s) for s in sequences]), torch.tensor(labels)


@exercise.mistake("The labels come before the lengths. The order is: padded rows, lengths, labels.")
def labels_before_lengths(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded, labels, lengths


@exercise.mistake(
    "`torch.Tensor(...)` turns everything into floats. Lengths and labels are whole numbers: `torch.tensor(...)`, with "
    "a small t, keeps them so.",
    shown_by=lambda code: code.calls("Tensor") + code.calls("FloatTensor") > 0,
    otherwise="The lengths and labels are floats. They are whole numbers: leave the dtype to `torch.tensor(...)`.",
)
def floats_throughout(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded, torch.Tensor(lengths.tolist()), torch.Tensor(labels.tolist())


@exercise.mistake("The lengths are a list. A batch is tensors throughout: `torch.tensor([len(s) for s in sequences])`.")
def lengths_as_list(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded, lengths.tolist(), labels


@exercise.mistake(
    "The rows are sorted by length. Some recurrent networks need that, but here the rows should stay in the order of "
    "the batch."
)
def sorted_by_length(batch):
    return pad_collate(sorted(batch, key=lambda pair: len(pair[0]), reverse=True))


exercise.does_the_same(kind="sign", line="torch.zeros", because="-0 is 0.")
exercise.does_the_same("int(lengths.max()) → lengths.max()",
                       because="A tensor with one whole number will do as a size.")
exercise.does_the_same("= → +=", line="row[:len(sequence)]", because="The row holds zeros until then.")
exercise.does_the_same(kind="name", line="torch.zeros(len(batch)", because="All of these have one entry for each item.")
exercise.does_the_same("0 → -1", line="sequence.shape[0]", because="A sequence has one dimension.")
