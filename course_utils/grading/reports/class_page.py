"""A page about the class: how the points are spread, which exercises are hardest, which mistakes are made."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import escape

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course_utils.grading.reports.class_numbers import ExerciseNumbers, numbers_of
from course_utils.grading.submission.result import Result
from course_utils.lesson import load_lesson
from course_utils.rendering.style import inline

BLUE, GREEN, ORANGE, RED, GREY = "#0072b2", "#009e73", "#e69f00", "#d55e00", "#999999"  # Okabe and Ito (2008)
KINDS = (("correct", "correct", GREEN), ("partial", "partly right", ORANGE), ("wrong", "wrong", RED),
         ("not_attempted", "not attempted", GREY))
MOST = 15  # mistakes in the table of a lesson
STYLE = """
:root{color-scheme:light}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;max-width:56rem;
color:#222;background:#fff}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}svg{max-width:100%;height:auto}
table{border-collapse:collapse}th,td{text-align:left;padding:.2rem 1rem .2rem 0;border-bottom:1px solid #ddd}
td{vertical-align:top}td.n{text-align:right}
"""


def report_page(results: Sequence[Result]) -> str:
    """The page as one HTML file with its plots inside."""
    graded = [result for result in results if not result.error and result.max_score]
    parts = [f"<p>{len(graded)} submissions graded, {len(results) - len(graded)} could not be.</p>"]
    for lesson in sorted({str(result.lesson) for result in graded}):
        of_lesson = [result for result in graded if result.lesson == lesson]
        numbers = numbers_of(of_lesson)
        parts += [f"<h2>{escape(lesson)}</h2>", _scores(of_lesson), _outcomes(numbers), _mistakes(lesson, numbers)]
    failures = [result for result in results if result.error]
    if failures:
        rows = "".join(f"<tr><td>{escape(r.path)}</td><td>{escape(str(r.error))}</td></tr>" for r in failures)
        parts.append(f"<h2>Not graded</h2><table><tr><th>path</th><th>why</th></tr>{rows}</table>")
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The class</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
            f"<body><main><h1>The class</h1>{''.join(parts)}</main></body></html>")


def _scores(results: Sequence[Result]) -> str:
    """How many submissions reached how many points."""
    figure, axes = _figure(2.6)
    top = max(result.max_score for result in results)
    bins = [top * step / 10 for step in range(11)]
    scores = [result.score for result in results]
    counts, _, _ = axes.hist(scores, bins=bins, color=BLUE, edgecolor="white")
    axes.set(xlabel="points", ylabel="submissions", xlim=(0, top), xticks=bins)
    axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:g}")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    mean = sum(scores) / len(scores)
    alt = (f"Histogram of points: {len(scores)} submissions, mean {mean:.1f} of {top:g}; "
           f"{int(counts[-1])} reached nine tenths or more.")
    return _svg(figure, alt)


def _outcomes(numbers: Sequence[ExerciseNumbers]) -> str:
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


def _mistakes(lesson_id: str, numbers: Sequence[ExerciseNumbers]) -> str:
    """The most frequent mistakes, each in the sentence that its students were told."""
    made = [(count, n.name, mistake) for n in numbers for mistake, count in n.mistakes.items()]
    if not made:
        return "<p>No named mistake was made.</p>"
    lesson = load_lesson(lesson_id)
    told = {(exercise.name, mistake.name): mistake.sentence for exercise in lesson.exercises
            for mistake in exercise.mistakes}
    rows = "".join(f'<tr><td>{escape(name)}</td><td class="n">{count}</td>'
                   f"<td>{inline(told.get((name, mistake), mistake))}</td></tr>"
                   for count, name, mistake in sorted(made, key=lambda row: (-row[0], row[1:]))[:MOST])
    return ("<table><tr><th>exercise</th><th>how often</th><th>the most frequent mistakes, as the students were told"
            f"</th></tr>{rows}</table>")


def _figure(height: float) -> tuple[Figure, mpl.axes.Axes]:
    figure = Figure(figsize=(8, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure: Figure, alt: str) -> str:
    """The figure as SVG for a page, with its text for those who don't see it; the same each time."""
    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "course", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    svg = re.sub(r"^.*?<svg", f'<svg role="img" aria-label="{escape(alt)}"', file.getvalue(), count=1, flags=re.S)
    return f"<figure>{svg}</figure>"
