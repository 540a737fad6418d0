"""Twenty-four thousand blank lines in each cell."""
# points: 20
# %% blank_lines
