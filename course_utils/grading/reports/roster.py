"""Who was late, who handed in nothing, and who was not in the roster."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.grading.submission.gradebook_entry import NEW_STUDENT, NO_SUBMISSION, Missing
from course_utils.grading.submission.result import Result


def roster_remarks(results: Sequence[Result], missing: Sequence[Missing]) -> list[tuple[str, str, str]]:
    """Return student, lesson and remark for each submission or student that stands out in the gradebook."""
    rows = []
    for result in results:
        if (entry := result.entry) is None:
            continue
        late = f"Handed in {entry.late} late." if entry.late else ""
        new = NEW_STUDENT if entry.new_student else ""
        if remark := " ".join(part for part in (late, new, entry.note) if part):
            rows.append((str(result.student), str(result.lesson), remark))
    return rows + [(one.student, one.lesson, NO_SUBMISSION) for one in missing]
