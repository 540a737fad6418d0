"""The lesson as it was handed out."""
# points: 0 leibniz_pi=not_attempted times_table=not_attempted shares_memory=not_attempted
# %% unsolved
