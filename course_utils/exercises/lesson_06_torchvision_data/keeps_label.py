"""Predictions: which changes to an image leave its label true."""

from course_utils.exercise import Exercise, case
from course_utils.probes.function import entry


def keeps_label():
    return {
        "truck_mirrored": True,
        "digit_2_mirrored": False,
        "digit_6_turned_by_180_degrees": False,
        "digit_7_moved_by_2_pixels": True,
        "frog_a_little_darker": True,
        "digit_4_turned_by_5_degrees": True,
        "letter_b_mirrored": False,
        "traffic_light_with_other_colours": False,  # the label is "stop" or "go"
    }


TRUTH = keeps_label()
DIGITS_AND_LETTERS = ("digit_2_mirrored", "letter_b_mirrored")

exercise = Exercise(
    name="keeps_label",
    kind="value",
    points=2,
    objective="Judge an augmentation by what it does to the label.",
    hints=(
        "For each line, imagine that the changed image is all you see. Would you give it the same label?",
        "Signs live by their direction: a mirrored b is a d. Things do not: a truck that drives to the left is still a "
        "truck.",
        "Small shifts, small turns and a little less light keep every label. Colour is only free to change where the "
        "label is not about colour.",
    ),
    examples=[case(key, part=key) for key in TRUTH],
    probe=entry,
    parts=dict.fromkeys(TRUTH, 0.25),
    starter_text="""
keeps_label = {
    "truck_mirrored": ...,
    "digit_2_mirrored": ...,
    "digit_6_turned_by_180_degrees": ...,
    "digit_7_moved_by_2_pixels": ...,
    "frog_a_little_darker": ...,
    "digit_4_turned_by_5_degrees": ...,
    "letter_b_mirrored": ...,
    "traffic_light_with_other_colours": ...,  # the label is "stop" or "go"
}
""",
)


exercise.reference(keeps_label)


@exercise.alternative
def other_order():
    return dict(sorted(TRUTH.items()))


@exercise.alternative
def from_a_list_of_those_that_change():
    changed = {*DIGITS_AND_LETTERS, "digit_6_turned_by_180_degrees", "traffic_light_with_other_colours"}
    return {key: key not in changed for key in TRUTH}


@exercise.mistake("Turned by 180 degrees, a 6 is a 9. The label says 6, and the network learns a lie.")
def six_is_nine():
    return {**TRUTH, "digit_6_turned_by_180_degrees": True}


@exercise.mistake(
    "Other colours do no harm where the label is a thing. Here the colour *is* the label: red means stop, green means "
    "go."
)
def colour_is_free():
    return {**TRUTH, "traffic_light_with_other_colours": True}


@exercise.mistake("A truck has no handedness: mirrored, it drives the other way and is still a truck.")
def no_mirrors():
    return {**TRUTH, "truck_mirrored": False}


@exercise.mistake("A mirrored 2 is no digit at all: its hook opens to the wrong side. Signs have a direction.")
def mirrored_two():
    return {**TRUTH, "digit_2_mirrored": True}


@exercise.mistake("A mirrored b is a d. The label still says b.")
def mirrored_b():
    return {**TRUTH, "letter_b_mirrored": True}


@exercise.mistake("A digit that is moved by 2 of its 28 pixels is still all there, and the same digit.")
def shifts_do_harm():
    return {**TRUTH, "digit_7_moved_by_2_pixels": False}


@exercise.mistake("A frog in the shade is a frog.")
def light_does_harm():
    return {**TRUTH, "frog_a_little_darker": False}


@exercise.mistake("Five degrees are less than the slant of many people's handwriting: the 4 stays a 4.")
def small_turns_do_harm():
    return {**TRUTH, "digit_4_turned_by_5_degrees": False}


@exercise.mistake("Not every change is harmless: a 6 turned by 180 degrees is a 9, and its label still says 6.")
def all_keep():
    return dict.fromkeys(TRUTH, True)


@exercise.mistake("Most small changes are harmless. A truck seen in a mirror is still a truck.")
def none_keeps():
    return dict.fromkeys(TRUTH, False)


@exercise.mistake("All of them are the wrong way round. True means: the label is still true.")
def swapped():
    return {key: not kept for key, kept in TRUTH.items()}


@exercise.mistake("A mirrored 2 or b is no longer one: signs have a direction. (A mirrored b is even a d.)")
def mirrored_signs():
    return {**TRUTH, **dict.fromkeys(DIGITS_AND_LETTERS, True)}
