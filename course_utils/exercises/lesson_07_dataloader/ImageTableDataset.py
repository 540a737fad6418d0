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
    fresh=lambda rng: [_case(rng, 4, Formula("x[:1].float() / 255 - 0.5")), _case(rng, 3, None)],
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
        self.pairs, self.transform = list(zip(images, labels, strict=True)), transform

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        image, label = self.pairs[index]
        image = torch.tensor(np.ascontiguousarray(image.transpose(2, 0, 1)))
        return (self.transform(image) if self.transform else image), label


@exercise.mistake(
    "The transform runs over all images in `__init__`. That fills the memory with floats, and a random transform would "
    "be drawn once for ever. Call it in `__getitem__`."
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


@exercise.mistake("The transform is kept, and never called. In `__getitem__`: `image = self.transform(image)`.")
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


@exercise.mistake("The channels are still last. PyTorch wants (C, H, W): `.permute(2, 0, 1)`.")
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
    "You convert to float in [0, 1] before the transform. What happens to the pixels is the transform's business; a "
    "dataset that scales as well makes it happen twice. Hand over the bytes."
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
    "The transform is called, and what it returns is thrown away. Keep it: `image = self.transform(image)`."
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
    "The transform got the image with the channels last, and you moved them afterwards. Transforms work on tensors "
    "(C, H, W): permute first, transform then."
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
    "The transform got a NumPy array. Make the tensor first, `torch.from_numpy(...).permute(2, 0, 1)`, and transform "
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
    "Height and width have changed places. From (H, W, C) to (C, H, W) it is `.permute(2, 0, 1)`: the last dimension "
    "comes first, the others keep their order."
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
    "`reshape` reads the numbers off in their old order, so the colours get mixed up. Dimensions are moved with "
    "`.permute(2, 0, 1)`."
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
