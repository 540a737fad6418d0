"""The check cells are gone."""
# points: 20
# %% no_checks
