"""What the course knows of a dataset: the facts that one row of the registry holds."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class File:
    """One file as a dataset's authors published it."""

    path: str  # below the data folder
    size: int  # bytes; 0 for a text file, whose line ends may differ
    digest: str  # "md5:..." or "sha256:..."


@dataclass(frozen=True)
class Archive:
    """One download."""

    urls: tuple[str, ...]  # the same bytes at each
    path: str  # below the data folder, where one put there by hand is found as well
    digest: str
    size: int  # bytes, about


@dataclass(frozen=True)
class StandIn:
    """The images that take a dataset's place if it is not available: generated on first use, in its own format."""

    folder: str  # with a number, raised when the images change, so that old ones are not taken for new ones
    generate: str  # "module:function"; function(folder, training images, test images) writes the files
    training: int  # images
    test: int


@dataclass(frozen=True)
class DataSet:
    """A dataset: what it is, where it comes from, what takes its place, and how it is read."""

    name: str
    title: str
    about: str  # the real data, in a sentence without its full stop
    stand_in_about: str  # what takes its place, in a sentence or two
    files: tuple[File, ...]
    archives: tuple[Archive, ...]
    size: int  # bytes on disk during a download: archives and files together
    loader: str  # "module:function": what `course_utils.data.<name>` is
    stand_in: StandIn | None = None  # None: the stand-in is part of the package
    unpack: str = ""  # "module:class": torchvision's dataset class, which unpacks the archives; "": they are the files


def named(path: str) -> Any:
    """Return the object at ``"module:name"``, importing its module."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
