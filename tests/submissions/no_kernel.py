"""No kernelspec, no metadata of the notebook at all."""
# points: 20
# %% no_notebook_metadata
