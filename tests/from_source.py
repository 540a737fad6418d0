"""Judging an answer that is written as source text, as a student's cell is."""

from __future__ import annotations

import textwrap
from typing import Any

from course_utils.evidence.codec import decode, encode
from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.judging.judge import judge
from course_utils.judging.verdict import Verdict
from course_utils.lesson import load_lesson

CELL = """
import copy, math, random, statistics, time
from collections import Counter
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import (
    DataLoader, Dataset, Sampler, Subset, TensorDataset, WeightedRandomSampler, random_split,
)
from torchvision.transforms import v2
"""


def judged(lesson: str, name: str, source: str, seed: int = 1, reveal: bool = True) -> Verdict:
    """Return the verdict on the answer that ``source`` defines as ``name``."""
    source = textwrap.dedent(source)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(CELL + source, namespace)
    exercise = load_lesson(lesson)[name]
    cases = exercise.cases(seed)
    evidence = decode(collect(namespace, Plan.of(exercise), encode_cases(cases)))
    return judge(exercise, cases, encode({**evidence, "source": source}), reveal=reveal)
