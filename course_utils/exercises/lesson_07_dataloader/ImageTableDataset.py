"""A Dataset over arrays of images and labels, with a transform."""

import numpy as np
import torch
from torch.utils.data import Dataset

from course_utils.evidence.codec import Formula
from course_utils.exercise import Exercise, case
from course_utils.probes.loader import image_dataset


def _case(rng, count, transform):
    images = rng.integers(0, 256, size=(count, 3, 5, 3), dtype=np.uint8)
    return case(images, [int(i) for i in rng.integers(0, 10, size=count)], transform)


exercise = Exercise(
    name="ImageTableDataset",
    kind="class",
    points=2,
    objective="Apply a transform when an item is read, not before.",
    hints=(
        "`__init__` only keeps the images, the labels and the transform. The work is done in `__getitem__`, for one "
        "image.",
        "`torch.from_numpy(self.images[index]).permute(2, 0, 1)` is one image with the channels first. Then comes the "
        "transform, if there is one: `if self.transform is not None: ...`.",
    ),
    examples=lambda: [case(np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3), [1, 0], None)],
    fresh=lambda rng: [_case(rng, 4, Formula("x[:1].float() / 255 - 0.5")), _case(rng, 3, None),
                       _case(rng, 1, Formula("x.flip(-1).float() / 255"))],
    probe=image_dataset,
)


@exercise.reference
class ImageTableDataset(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index]).permute(2, 0, 1)
        if self.transform is not None:
            image = self.transform(image)
        return image, self.labels[index]


@exercise.alternative
class TensorsFromTheStart(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images = torch.tensor(images).movedim(-1, 1)
        self.labels = torch.tensor(labels)
        self.transform = transform or (lambda image: image)

    def __len__(self):
        return self.images.shape[0]

    def __getitem__(self, index):
        return self.transform(self.images[index]), self.labels[index]


@exercise.alternative
class WithNumpy(Dataset):
    def __init__(self, images, labels, transform=None):
        self.pairs, self.transform = list(zip(images, labels)), transform

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        image, label = self.pairs[index]
        image = torch.tensor(image.transpose(2, 0, 1))
        return (self.transform(image) if self.transform else image), label


@exercise.mistake(
    "The transform runs over all images when the dataset is made. A random transform would then be drawn once and "
    "never again. Call it in `__getitem__`."
)
class TransformsAtOnce(Dataset):
    def __init__(self, images, labels, transform=None):
        tensors = [torch.from_numpy(image).permute(2, 0, 1) for image in images]
        self.images = [transform(image) for image in tensors] if transform else tensors
        self.labels = labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.images[index], self.labels[index]


@exercise.mistake(
    "The transform is never called. Keep it in `__init__`, `self.transform = transform`, and call it in `__getitem__`: "
    "`image = self.transform(image)`."
)
class NeverTransforms(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return torch.from_numpy(self.images[index]).permute(2, 0, 1), self.labels[index]


@exercise.mistake(
    "Without a transform, `self.transform` is None, and None cannot be called. Ask first: `if self.transform is not "
    "None`."
)
class NoneIsCalled(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(torch.from_numpy(self.images[index]).permute(2, 0, 1)), self.labels[index]


@exercise.mistake("The channels are still last. PyTorch expects (C, H, W): `.permute(2, 0, 1)`.")
class ChannelsLast(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index])
        return (self.transform(image) if self.transform else image), self.labels[index]


@exercise.mistake("The label is missing: an item is a pair, `return image, self.labels[index]`.")
class NoLabel(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index]).permute(2, 0, 1)
        return self.transform(image) if self.transform else image


@exercise.mistake(
    "You divide the image by 255 before the transform gets it. What happens to the pixels is the transform's business; "
    "if the dataset scales too, it happens twice. Pass the uint8 tensor on."
)
class ScalesToo(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index]).permute(2, 0, 1).float() / 255
        return (self.transform(image) if self.transform else image), self.labels[index]


@exercise.mistake(
    "The transform is called, but what it returns is not what you return. Keep it: `image = self.transform(image)`."
)
class ResultNotKept(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index]).permute(2, 0, 1)
        if self.transform:
            self.transform(image)
        return image, self.labels[index]


@exercise.mistake(
    "The transform gets the image with the channels last, and you move them afterwards. Transforms work on tensors "
    "(C, H, W): permute first, then transform."
)
class TransformsChannelsLast(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index])
        if self.transform:
            image = self.transform(image)
        return image.permute(2, 0, 1), self.labels[index]


@exercise.mistake(
    "The transform gets a NumPy array. Make the tensor first, `torch.from_numpy(...).permute(2, 0, 1)`, and transform "
    "that."
)
class TransformsTheArray(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = self.images[index]
        if self.transform:
            image = self.transform(image)
        return torch.from_numpy(image).permute(2, 0, 1), self.labels[index]


@exercise.mistake(
    "You swapped height and width. From (H, W, C) to (C, H, W) it is `.permute(2, 0, 1)`: the last dimension comes "
    "first, the others keep their order."
)
class OnItsSide(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index]).permute(2, 1, 0)
        return (self.transform(image) if self.transform else image), self.labels[index]


@exercise.mistake(
    "The numbers are cut into (C, H, W) in their old order, so the colours get mixed up. That is what `reshape` and "
    "`view` do; dimensions are moved with `.permute(2, 0, 1)`."
)
class Reshaped(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index])
        image = image.reshape(image.shape[2], *image.shape[:2])
        return (self.transform(image) if self.transform else image), self.labels[index]


@exercise.mistake(
    "The transform is called only when an item is read for the first time; after that you return what you kept. A "
    "random transform would be drawn only once. Call it in every reading."
)
class KeepsTheTransformed(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform, self.kept = images, labels, transform, {}

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        if index not in self.kept:
            image = torch.from_numpy(self.images[index]).permute(2, 0, 1)
            self.kept[index] = self.transform(image) if self.transform else image
        return self.kept[index], self.labels[index]


@exercise.mistake("The label comes first in your pair. An item is (image, label).")
class LabelFirst(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index]).permute(2, 0, 1)
        return self.labels[index], self.transform(image) if self.transform else image


@exercise.mistake(
    "Without a transform the image comes out as float32. The exercise asks for the uint8 tensor: changing the dtype is "
    "the transform's business."
)
class MadeFloat(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.tensor(self.images[index], dtype=torch.float32).permute(2, 0, 1)
        return (self.transform(image) if self.transform else image), self.labels[index]


exercise.does_the_same("→ super().__init__()", because="`Dataset.__init__` does nothing.")
exercise.does_the_same("labels → images", line="return len(self.labels)", because="There are as many labels as images.")
exercise.does_the_same("images → labels", line="return self.images.shape[0]",
                       because="There are as many labels as images.")
exercise.does_the_same(kind="order of statements", line="self.images = torch.tensor",
                       because="Neither of the two lines needs the other.")
exercise.does_the_same(kind="order of statements", line="self.labels = torch.tensor",
                       because="Neither of the two lines needs the other.")
exercise.does_the_same("torch.tensor(labels) → labels", because="A label may be a number or a tensor of shape ().")
exercise.does_the_same("list → tuple", line="zip(images, labels)", because="The pairs are only read.")
