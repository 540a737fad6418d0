"""nbformat 4.0: cells have no ids."""
# points: 20
# %% nbformat40
