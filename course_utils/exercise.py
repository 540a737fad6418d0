"""The declaration of an exercise: everything that is made of it is read from here."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from course_utils.evidence.code_facts import Code
from course_utils.evidence.describe import call_text
from course_utils.probes.function import call

Answer = TypeVar("Answer")
Draw = Callable[[np.random.Generator], "Sequence[Case]"]


@dataclass(frozen=True)
class Case:
    """One input on which an answer is tried. Make it with :func:`case`."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""  # the part of the exercise that this input tests; see Exercise.parts
    fresh: bool = False  # drawn for this check, so nobody could know it beforehand


def case(*args: Any, part: str = "", **kwargs: Any) -> Case:
    """An input: the positional and keyword arguments that the probe passes on to the answer."""
    return Case(args, kwargs, part)


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give, with what a good teacher says to it."""

    name: str
    sentence: str
    answer: Any
    shown_by: Callable[[Code], bool] | None = None  # whether the student's code bears out what the sentence states
    otherwise: str = ""  # what is said where it does not: what the answer does, not why


@dataclass(frozen=True)
class Same:
    """Edits of right answers that leave them right, with the reason."""

    edits: tuple[str, ...]  # "before → after", as `course mutants` prints them; none for every edit
    line: str  # what the edited line contains
    kind: str  # the kind of edit
    because: str


@dataclass
class Exercise:
    """One exercise, declared once.

    The reference, the alternatives, the mistakes and the starter are added with the
    decorators of the same names, and are real code:

    >>> exercise = Exercise("double", points=1, objective="Multiply.", hints=("Try *.",),
    ...                     examples=[case(2)], fresh=lambda rng: [case(int(rng.integers(9)))])
    >>> @exercise.reference
    ... def double(x): return 2 * x
    >>> @exercise.mistake("You squared `x`; 2 and 0 are the only numbers where that is the same.")
    ... def squared(x): return x ** 2
    """

    name: str  # also the name of the function, class or variable that the student writes
    points: float
    objective: str  # what a student who solves it can do
    hints: Sequence[str]  # from a nudge to nearly all of it
    examples: Sequence[Case] | Callable[[], Sequence[Case]]  # inputs that may be shown
    fresh: Draw | None = None  # inputs drawn anew from a seed for each submission
    kind: str = "function"  # "function", "class" or "value": what the student writes
    probe: Callable[..., Any] = call  # probe(answer, *args, **kwargs) -> evidence; in course_utils.probes
    shown_call: Callable[[str, tuple[Any, ...], Mapping[str, Any]], str] = call_text  # an input, as a verdict shows it
    returns: Sequence[str] = ()  # the names of what the function returns, if that is several things
    parts: Mapping[str, float] = field(default_factory=dict)  # points by Case.part; "" is the main part
    rtol: float = 1e-4
    atol: float = 1e-5
    check_dtype: bool = True
    check_device: bool = True
    check_grad: bool = False  # whether `requires_grad` of the results is compared
    allow_changes: bool = False  # whether the answer may modify its arguments
    repair: bool = False  # the starter is plausible code that is wrong
    starter_text: str | None = None  # the starter of a value, or of anything nbgrader's stub does not fit
    draft: bool = False  # the build says what is still missing, and takes it all the same

    reference_answer: Any = field(default=None, init=False)
    starter_answer: Any = field(default=None, init=False)
    alternatives: list[Any] = field(default_factory=list, init=False)
    mistakes: list[Mistake] = field(default_factory=list, init=False)
    same: list[Same] = field(default_factory=list, init=False)

    def reference(self, answer: Answer) -> Answer:
        """Declare the right answer (for a value: a function that returns it)."""
        if self.reference_answer is not None:
            raise TypeError("@exercise.reference is here a second time. Make this answer an @exercise.alternative")
        self.reference_answer = answer
        return answer

    def alternative(self, answer: Answer) -> Answer:
        """Declare another right answer, written differently; the tests hold the judge to it."""
        self.alternatives.append(answer)
        return answer

    def mistake(self, sentence: str, *, shown_by: Callable[[Code], bool] | None = None,
                otherwise: str = "") -> Callable[[Answer], Answer]:
        """Declare a wrong answer; its function's name is the mistake's name.

        Where other causes give the same results as the one that ``sentence`` states, ``shown_by`` says whether the
        student's code has this one (see :mod:`course_utils.evidence.code_facts`), and ``otherwise`` is the sentence
        for code that has not; without it such an answer is not named at all.

        >>> @exercise.mistake("`zero_grad` is missing.", shown_by=lambda code: not code.calls("zero_grad"),
        ...                   otherwise="The gradients of the steps before are still there in each step.")
        """
        if not isinstance(sentence, str):
            raise TypeError("@exercise.mistake lacks its sentence. Write @exercise.mistake(\"You …\")")

        def declare(answer: Answer) -> Answer:
            name: str = answer.__name__  # type: ignore[attr-defined]
            self.mistakes.append(Mistake(name, sentence, answer, shown_by, otherwise))
            return answer

        return declare

    def does_the_same(self, *edits: str, because: str, line: str = "", kind: str = "") -> None:
        """Declare edits of the reference and the alternatives that leave them right, for `course mutants`.

        Each of ``edits`` is "before → after", as that command prints it; without any, all edits of the lines that
        contain ``line``, or all of one ``kind``, are meant. What is given has to hold together. ``because`` is the
        reason, and must be true of every edit that it covers.

        >>> exercise.does_the_same("0 → 1", line="torch.where", because="Both branches are equal there.")
        """
        if not (edits or line or kind):
            raise TypeError("does_the_same needs edits, a line or a kind, or it would cover every edit.")
        if not all("→" in edit for edit in edits):
            raise TypeError('does_the_same takes edits as "before → after", as `course mutants` prints them.')
        self.same.append(Same(edits, line, kind, because))

    def starter(self, answer: Answer) -> Answer:
        """Declare the broken code that a repair exercise hands out (may also be a mistake)."""
        self.starter_answer = answer
        self.repair = True
        return answer

    def make(self, declared: Any) -> Any:
        """What the student's name would hold, had they given the declared answer."""
        return declared() if self.kind == "value" else declared

    def cases(self, seed: int) -> list[Case]:
        """The inputs to try: the visible ones, then fresh ones drawn from ``seed``."""
        visible = self.examples() if callable(self.examples) else self.examples
        drawn = self.fresh(np.random.default_rng(seed)) if self.fresh else ()
        return [*visible, *(Case(c.args, c.kwargs, c.part, fresh=True) for c in drawn)]

    def points_of(self, part: str) -> float:
        """The points for one part: all of them where no parts are declared."""
        return float(self.parts[part]) if self.parts else float(self.points)

    @property
    def reference_source(self) -> str:
        """The reference's code, as a student may see it."""
        return source_of(self.reference_answer)

    @property
    def starter_source(self) -> str | None:
        """The code that the release hands out, or None where nbgrader's stub is used."""
        if self.starter_text is not None:
            return self.starter_text.strip("\n")
        if self.starter_answer is not None:
            source = source_of(self.starter_answer)
            return source.replace(self.starter_answer.__name__, self.name)
        return None


def source_of(answer: Any) -> str:
    """The source of a declared answer without its decorators, dedented."""
    lines = textwrap.dedent(inspect.getsource(answer)).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(("def ", "class ")))
    return "\n".join(lines[start:])
