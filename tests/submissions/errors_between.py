"""Cells that raise stand between right answers."""
# points: 20
# %% first
1 / 0
# %% before set_column
undefined_name + 1
# %% before stack_images
def broken(:
# %% last
raise RuntimeError("the end")
