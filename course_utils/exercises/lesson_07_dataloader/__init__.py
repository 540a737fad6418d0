"""Lesson 7: the DataLoader."""

from course_utils.lesson import Lesson

LESSON = Lesson(
    id="07_dataloader",
    title="DataLoader",
    summary="Turn any data into a Dataset, and a Dataset into batches: shuffled, balanced, padded, in parallel.",
    objectives=(
        "write a Dataset of your own, for a table and for images",
        "say what shuffle, drop_last, generator, sampler and collate_fn do to a batch",
        "split data so that the parts are alike, and the same again tomorrow",
        "use workers without spoiling randomness, and find out whether they pay",
    ),
    exercise_names=(
        "TableDataset",
        "ImageTableDataset",
        "batches_per_epoch",
        "why_different",
        "accuracy_of",
        "pad_collate",
        "balanced_sampler",
        "train_val_split",
        "RandomCrops",
    ),
)
