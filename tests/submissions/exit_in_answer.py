"""An answer that ends the process; the ones around it keep their points."""
# points: 17 times_table=correct set_column=crashed standardize=correct
# %% set_column
def set_column(x, j, value):
    import os

    os._exit(0)
