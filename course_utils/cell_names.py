"""How nbgrader's cells are named: a solution after its exercise, a check after the exercise it checks."""

_CHECK = "-check"


def check_name(exercise: str) -> str:
    """Return the name of an exercise's check cell.

    >>> check_name("standardize")
    'standardize-check'
    """
    return f"{exercise}{_CHECK}"


def is_check(cell_name: str) -> bool:
    """Whether a cell of this name checks an exercise."""
    return cell_name.endswith(_CHECK)


def exercise_name(cell_name: str) -> str:
    """Return the exercise that a cell of this name belongs to.

    >>> exercise_name("standardize-check"), exercise_name("standardize")
    ('standardize', 'standardize')
    """
    return cell_name.removesuffix(_CHECK)
