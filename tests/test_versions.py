"""pyproject.toml, constraints.txt and environment.yml say the same."""

from __future__ import annotations

import importlib.metadata
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
CONDA_NAMES = {"torch": "pytorch"}  # where conda-forge calls a package otherwise


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins() -> dict[str, Requirement]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(r.name): r for r in requirements}


def all_requirements() -> list[Requirement]:
    optional = project()["optional-dependencies"].values()
    return [Requirement(text) for text in [*project()["dependencies"], *(t for group in optional for t in group)]]


@pytest.mark.parametrize("requirement", all_requirements(), ids=str)
def test_the_pinned_version_is_in_the_range(requirement: Requirement) -> None:
    pin = pins()[canonicalize_name(requirement.name)]
    (specifier,) = pin.specifier
    assert specifier.operator == "=="
    assert requirement.specifier.contains(specifier.version)


def test_every_pin_installs_on_the_oldest_python_that_is_promised() -> None:
    """Debian's 3.11.2 is asked for as much as 3.11.9 is."""
    (lowest,) = SpecifierSet(project()["requires-python"])
    checked = 0
    for name, pin in pins().items():
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # pinned for another system
        if not pin.specifier.contains(metadata["Version"]):
            continue  # another release than the pinned one is installed here
        needed = SpecifierSet(metadata.get("Requires-Python") or "")
        assert needed.contains(f"{lowest.version}.0"), f"{name} {metadata['Version']} needs Python {needed}"
        checked += 1
    assert checked > len(pins()) / 2


def test_conda_names_the_same_packages_and_ranges() -> None:
    listed = [d for d in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"] if isinstance(d, str)]
    conda = {Requirement(text).name: Requirement(text).specifier for text in listed}
    expected = {CONDA_NAMES.get(r.name, r.name): r.specifier for r in map(Requirement, project()["dependencies"])}
    python = conda.pop("python")
    conda.pop("pip")
    assert conda == expected
    assert str(python) == project()["requires-python"]


def test_ranges_admit_the_torch_of_older_gpu_machines() -> None:
    ranges = {r.name: r.specifier for r in all_requirements()}
    assert ranges["torch"].contains("2.11.0")
    assert ranges["torchvision"].contains("0.26.0")
