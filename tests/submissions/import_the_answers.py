"""The reference, imported."""
# points: 17 leibniz_pi=error
# %% leibniz_pi
def leibniz_pi(n):
    from course_utils.exercises.lesson_01_tensors.leibniz_pi import leibniz_pi as answer

    return answer(n)
