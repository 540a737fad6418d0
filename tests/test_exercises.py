"""Every exercise of every lesson, tested from its own declaration."""

from __future__ import annotations

import pytest

from course_utils.authoring.lint_declarations import lint_declarations
from course_utils.evidence.codec import decode, encode
from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.exercise import Exercise, Mistake, source_of
from course_utils.judging.judge import judge
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict
from course_utils.lesson import Lesson, lessons

SEEDS = (1, 2)
EXERCISES = [pytest.param(e, id=f"{lesson.id}-{e.name}") for lesson in lessons() for e in lesson.exercises]
ALTERNATIVES = [pytest.param(e, a, id=f"{lesson.id}-{e.name}-{a.__name__}")
                for lesson in lessons() for e in lesson.exercises for a in e.alternatives]
MISTAKES = [pytest.param(e, m, id=f"{lesson.id}-{e.name}-{m.name}")
            for lesson in lessons() for e in lesson.exercises for m in e.mistakes]


class EqualToEverything:
    """An answer that agrees with whatever it is asked: equal, true, callable, with every attribute."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 0

    def __call__(self, *args: object, **kwargs: object) -> EqualToEverything:
        return self

    def __getattr__(self, name: str) -> EqualToEverything:
        return self

    def __getitem__(self, key: object) -> EqualToEverything:
        return self

    def __float__(self) -> float:
        return 1.0

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return 1


def verdict_on(exercise: Exercise, value: object, seed: int = 1, source: str | None = None) -> Verdict:
    """The verdict on a value, as if it had been written with this source."""
    cases = exercise.cases(seed)
    evidence = collect({exercise.name: value}, Plan.of(exercise), encode_cases(cases))
    if source is not None:
        evidence = encode({**decode(evidence), "source": source})
    return judge(exercise, cases, evidence)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_reference_is_correct(exercise: Exercise, seed: int) -> None:
    verdict = verdict_on(exercise, exercise.make(exercise.reference_answer), seed)
    assert verdict.outcome is Outcome.CORRECT, verdict
    assert verdict.score == verdict.max_score == exercise.points


@pytest.mark.timeout(60)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_inputs_can_be_drawn_for_any_seed(exercise: Exercise) -> None:
    for seed in range(1000, 1020):
        assert exercise.cases(seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("exercise", "alternative"), ALTERNATIVES)
def test_an_alternative_is_correct(exercise: Exercise, alternative: object, seed: int) -> None:
    verdict = verdict_on(exercise, exercise.make(alternative), seed)
    assert verdict.outcome is Outcome.CORRECT, verdict


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_a_mistake_fails_under_its_own_name(exercise: Exercise, mistake: Mistake, seed: int) -> None:
    source = source_of(mistake.answer) + "\nedited = True"  # so that it is not the code that was handed out
    verdict = verdict_on(exercise, exercise.make(mistake.answer), seed, source)
    assert verdict.mistake == mistake.name, verdict
    assert verdict.outcome in (Outcome.WRONG, Outcome.PARTIAL, Outcome.ERROR)
    assert verdict.message == mistake.sentence
    assert verdict.score < exercise.points


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_starter_is_not_attempted(exercise: Exercise) -> None:
    if exercise.starter_answer is not None:
        starter = exercise.make(exercise.starter_answer)
    elif exercise.starter_text is not None:
        namespace: dict[str, object] = {}
        exec(exercise.starter_text, namespace)
        starter = namespace[exercise.name]
    elif exercise.kind == "value":
        starter = ...
    else:
        def starter(*args: object, **kwargs: object) -> None:
            raise NotImplementedError
    verdict = verdict_on(exercise, starter)
    assert verdict.outcome is Outcome.NOT_ATTEMPTED, verdict
    assert verdict.score == 0


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_answer_equal_to_everything_gets_nothing(exercise: Exercise) -> None:
    for answer in (EqualToEverything(), lambda *args, **kwargs: EqualToEverything()):
        verdict = verdict_on(exercise, answer)
        assert verdict.score == 0, verdict
        assert verdict.outcome in (Outcome.WRONG, Outcome.ERROR, Outcome.NOT_ATTEMPTED)


@pytest.mark.parametrize("lesson", list(lessons()), ids=lambda lesson: lesson.id)
def test_a_lesson_and_its_exercises_have_what_the_minima_ask(lesson: Lesson) -> None:
    assert list(lint_declarations(lesson)) == []
