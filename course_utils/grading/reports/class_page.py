"""A page about the class: how the points are spread, which exercises are hardest, which mistakes are made."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course_utils.colours import BLUE, GREEN, GREY, ORANGE, VERMILION
from course_utils.grading.reports.class_numbers import ExerciseNumbers, numbers_of
from course_utils.grading.reports.roster import roster_remarks
from course_utils.grading.submission.gradebook_entry import Missing
from course_utils.grading.submission.result import Result
from course_utils.lesson import load_lesson
from course_utils.rendering.template import render

KINDS = (("correct", "correct", GREEN), ("partial", "partly right", ORANGE), ("wrong", "wrong", VERMILION),
         ("not_attempted", "not attempted", GREY))
MOST = 15  # mistakes in the table of a lesson
TEMPLATES = Path(__file__).parent / "templates"


def report_page(results: Sequence[Result], missing: Sequence[Missing] = ()) -> str:
    """Return the page as one HTML file with its plots inside."""
    graded = [result for result in results if not result.error and result.max_score]
    lessons = []
    for lesson in sorted({str(result.lesson) for result in graded}):
        of_lesson = [result for result in graded if result.lesson == lesson]
        numbers = numbers_of(of_lesson)
        lessons.append({"name": lesson, "figures": [_scores(of_lesson), _outcomes(numbers)],
                        "mistakes": _mistakes(lesson, numbers), "slips": _slips(numbers)})
    return render("class_page.html", TEMPLATES, title="The class", graded=len(graded), lessons=lessons,
                  roster=roster_remarks(results, missing), failures=[result for result in results if result.error])


def _scores(results: Sequence[Result]) -> Markup:
    """How many submissions reached how many points."""
    figure, axes = _figure(2.6)
    top = max(result.max_score for result in results)
    bins = [top * step / 10 for step in range(11)]
    scores = [result.score for result in results]
    counts, _, _ = axes.hist([min(score, top) for score in scores], bins=bins, color=BLUE, edgecolor="white")
    axes.set(xlabel="points", ylabel="submissions", xlim=(0, top), xticks=bins)
    axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:g}")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    mean = sum(scores) / len(scores)
    alt = (f"Histogram of points: {len(scores)} submissions, mean {mean:.1f} of {top:g}; "
           f"{int(counts[-1])} reached nine tenths or more.")
    return _svg(figure, alt)


def _outcomes(numbers: Sequence[ExerciseNumbers]) -> Markup:
    """What became of each exercise, the hardest on top."""
    ordered = sorted(numbers, key=lambda n: n.share, reverse=True)
    figure, axes = _figure(0.9 + 0.34 * len(ordered))
    left = [0.0] * len(ordered)
    for kind, label, colour in KINDS:
        others = ("error", "timeout", "crashed") if kind == "wrong" else ()
        widths = [100 * sum(n.outcomes[k] for k in (kind, *others)) / n.total for n in ordered]
        axes.barh([n.name for n in ordered], widths, left=left, color=colour, label=label)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set(xlabel="submissions (%)", xlim=(0, 100))
    axes.legend(ncols=4, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
    hardest = ordered[-1] if ordered else None
    return _svg(figure, f"Outcomes by exercise; the hardest is {hardest.name} with {hardest.share:.0%} of its points."
                if hardest else "No exercises.")


def _mistakes(lesson_id: str, numbers: Sequence[ExerciseNumbers]) -> list[tuple[str, int, str]]:
    """Return the most frequent mistakes: exercise, number, and the sentence that its students were told."""
    sentences = {(exercise.name, mistake.name): mistake.sentence for exercise in load_lesson(lesson_id).exercises
                 for mistake in exercise.mistakes}
    made = [(n.name, count, sentences.get((n.name, mistake), mistake))
            for n in numbers for mistake, count in sorted(n.mistakes.items())]
    return sorted(made, key=lambda row: (-row[1], row[0]))[:MOST]


def _slips(numbers: Sequence[ExerciseNumbers]) -> list[tuple[str, int, str, str]]:
    """Return slips without a name: exercise, number, the kind of edit that corrects them, and the line met most."""
    found = [(n.name, lines.total(), kind, lines.most_common(1)[0][0])
             for n in numbers for kind, lines in sorted(n.slips.items())]
    return sorted(found, key=lambda row: (-row[1], row[0]))[:MOST]


def _figure(height: float) -> tuple[Figure, mpl.axes.Axes]:
    figure = Figure(figsize=(8, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure: Figure, alt: str) -> Markup:
    """Return the figure as SVG for a page, with its text for those who don't see it; the same each time."""
    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "course", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    head = Markup('<svg role="img" aria-label="{}"').format(alt)
    return head + Markup(file.getvalue().partition("<svg")[2])
