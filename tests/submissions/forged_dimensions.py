"""Forged evidence: a shape that cannot be, types that do not exist, a device of nowhere."""
# points: 12 leibniz_pi=wrong set_column=wrong times_table=wrong
# %% first
import json
import struct

import course_utils.evidence.collect as collector

_honest = collector.collect
_header = json.dumps({"0": {"dtype": "F32", "shape": [1] * 16000, "data_offsets": [0, 4]}}).encode()
_dims = struct.pack("<Q", len(_header)) + _header + b"0000"
_none = struct.pack("<Q", 2) + b"{}"


def _evidence(result, tensors, count):
    one = {"t": "dict", "v": [["result", result], ["raised", None], ["changed", []], ["printed", ""]]}
    tree = {"t": "dict", "v": [["found", True], ["source", None], ["origin", ""], ["observations", [one] * count]]}
    text = json.dumps(tree).encode()
    return struct.pack("<Q", len(text)) + text + tensors


def forged(namespace, plan, inputs):
    import course_utils.evidence.codec as codec
    count = len(codec.decode(inputs, plain=True))
    if plan.name == "leibniz_pi":
        return _evidence({"t": "tensor", "k": "0"}, _dims, count)
    if plan.name == "set_column":
        return _evidence({"t": "device", "v": "nowhere:1"}, _none, count)
    if plan.name == "times_table":
        return _evidence({"t": "dict", "v": [[{"t": "dict", "v": []}, 1], [[1], 2]]}, _none, count)
    return _honest(namespace, plan, inputs)


collector.collect = forged
