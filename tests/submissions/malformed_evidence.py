"""Evidence that is cut short, of the wrong form, or another exercise's."""
# points: 14 leibniz_pi=wrong set_column=wrong
# %% first
import course_utils.evidence.collect as collector
import course_utils.evidence.codec as evidence

_honest = collector.collect


def forged(namespace, plan, inputs):
    if plan.name == "leibniz_pi":
        return b"\xff" * 40
    if plan.name == "set_column":
        return evidence.encode({"found": True, "observations": "all correct"})
    return _honest(namespace, plan, inputs)


collector.collect = forged
