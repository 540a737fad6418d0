"""The collector is replaced, and sends evidence of the submission's own making."""
# points: 17 leibniz_pi=wrong
# %% first
import course_utils.evidence.collect as collector
import course_utils.evidence.codec as evidence

_honest = collector.collect


def forged(namespace, plan, inputs):
    if plan.name != "leibniz_pi":
        return _honest(namespace, plan, inputs)
    count = len(evidence.decode(inputs, plain=True))
    seen = {"result": 3.14, "raised": None, "changed": [], "printed": "", "score": 3.0, "outcome": "correct"}
    return evidence.encode({"found": True, "source": None, "origin": "", "observations": [seen] * count, "score": 3.0})


collector.collect = forged
# %% leibniz_pi
