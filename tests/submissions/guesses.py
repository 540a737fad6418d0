"""Every combination of predictions, one after the other: only the last counts."""
# points: 17 shares_memory=wrong|partial
# %% before shares_memory
import itertools

for truth in itertools.product([True, False], repeat=6):
    shares_memory = dict(zip(("slice", "mask", "view", "transpose", "reshape_of_transpose", "numpy"), truth))
    get_ipython().run_cell("check(shares_memory)")
# %% shares_memory
shares_memory = dict.fromkeys(("slice", "mask", "view", "transpose", "reshape_of_transpose", "numpy"), False)
shares_memory["mask"] = shares_memory["reshape_of_transpose"] = True
