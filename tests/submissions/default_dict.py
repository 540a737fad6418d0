"""Right predictions in a dict subclass."""
# points: 20
# %% shares_memory
from collections import OrderedDict, defaultdict

shares_memory = defaultdict(bool, OrderedDict(slice=True, view=True, transpose=True, numpy=True))
