"""json, struct and safetensors are patched: the evidence becomes nonsense, and nothing else does."""
# points: 20 set_column=correct
# %% before set_column
import json
import struct

import safetensors.torch

_save, _dumps = safetensors.torch.save, json.dumps
safetensors.torch.save = lambda tensors, *_, **__: b"correct" * 1000
# %% before standardize
safetensors.torch.save = _save
