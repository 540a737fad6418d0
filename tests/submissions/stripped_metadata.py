"""An editor took all metadata away."""
# points: 20
# %% no_metadata
