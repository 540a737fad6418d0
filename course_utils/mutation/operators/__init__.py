"""Operators: each is a function from a source to the single edits of one subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from course_utils.mutation.operators.arguments import arguments
from course_utils.mutation.operators.arithmetic import arithmetic
from course_utils.mutation.operators.blocks import blocks
from course_utils.mutation.operators.brackets import brackets
from course_utils.mutation.operators.calls import calls
from course_utils.mutation.operators.constants import constants
from course_utils.mutation.operators.dims import dims
from course_utils.mutation.operators.inserted import inserted
from course_utils.mutation.operators.layers import layers
from course_utils.mutation.operators.names import names
from course_utils.mutation.operators.scales import scales
from course_utils.mutation.operators.siblings import siblings
from course_utils.mutation.operators.statements import statements
from course_utils.mutation.operators.subscripts import subscripts
from course_utils.mutation.operators.training import training
from course_utils.mutation.source import Change, Source

OPERATORS: tuple[Callable[[Source], Iterator[Change]], ...] = (
    brackets, dims, constants, arithmetic, siblings, names, subscripts, arguments, scales, calls, training, statements,
    blocks, layers, inserted)
