"""A collate function for sequences of different lengths."""

import torch
from torch.nn.utils.rnn import pad_sequence

from course_utils.exercise import Exercise, case


def _batch(rng, lengths):
    """Sequences of random numbers, none of them 0, with labels; the last is not the longest."""
    return case([(torch.from_numpy(rng.normal(3, 0.5, size=n)).float(), int(rng.integers(5))) for n in lengths])


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
    fresh=lambda rng: [_batch(rng, [2, 5, 3]), _batch(rng, [4, 1, 6, 2])],
    returns=("padded", "lengths", "labels"),
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


@exercise.mistake("The zeros stand in front. Padding goes behind a sequence, so that its first value stays the first.")
def padded_in_front(batch):
    padded, lengths, labels = pad_collate(batch)
    rows = [row.roll(padded.shape[1] - int(n)) for row, n in zip(padded, lengths, strict=True)]
    return torch.stack(rows), lengths, labels


@exercise.mistake("You cut all sequences to the shortest, and threw data away. Lengthen them to the longest instead.")
def cut_to_the_shortest(batch):
    shortest = min(len(sequence) for sequence, _ in batch)
    padded, lengths, labels = pad_collate([(sequence[:shortest], label) for sequence, label in batch])
    return padded, lengths, labels


@exercise.mistake(
    "`pad_sequence` puts the batch second unless told otherwise: this is (longest, N). Say `batch_first=True`."
)
def batch_second(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded.T, lengths, labels


@exercise.mistake(
    "The lengths were taken after padding, so all are the same. Without the true ones nobody can tell a padded 0 from "
    "a real one: take them before."
)
def lengths_after_padding(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded, torch.full_like(lengths, padded.shape[1]), labels


@exercise.mistake("The lengths are missing. Return three things: the padded rows, the lengths, the labels.")
def no_lengths(batch):
    padded, _, labels = pad_collate(batch)
    return padded, labels


@exercise.mistake(
    "`torch.stack` wants equal shapes, and these sequences have different ones. That is why the default collate fails, "
    "too: pad first."
)
def just_stacked(batch):
    sequences, labels = zip(*batch, strict=True)
    return torch.stack(sequences), torch.tensor([len(s) for s in sequences]), torch.tensor(labels)


@exercise.mistake("The labels are a list or tuple. A batch is tensors throughout: `torch.tensor(labels)`.")
def labels_as_list(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded, lengths, labels.tolist()


@exercise.mistake(
    "A batch is a list of pairs, one for each row, and you unpacked it as if it were one pair. `zip(*batch)` turns the "
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
    "`torch.Tensor(...)` makes floats of everything. Lengths and labels are whole numbers: `torch.tensor(...)`, with a "
    "small t, keeps them so."
)
def floats_throughout(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded, lengths.float(), labels.float()


@exercise.mistake("The lengths are a list. A batch is tensors throughout: `torch.tensor([len(s) for s in sequences])`.")
def lengths_as_list(batch):
    padded, lengths, labels = pad_collate(batch)
    return padded, lengths.tolist(), labels
