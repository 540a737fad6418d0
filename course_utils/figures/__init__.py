"""Figures of the lessons: still ones with alt text, and ones to play with.

Every figure is drawn by a plain function that returns a Matplotlib figure; :func:`show` puts
it into the notebook with its alt text, :func:`explore` adds controls.
"""

from course_utils.plotting.explore import explore
from course_utils.plotting.show import show
from course_utils.plotting.style import COLOURS, new_figure

__all__ = ["COLOURS", "explore", "new_figure", "show"]
