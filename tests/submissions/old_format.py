"""nbformat 3, as saved ten years ago."""
# points: 20
# %% nbformat3
