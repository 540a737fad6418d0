"""Check cells worth a thousand points each, with outputs that say so; nothing else."""
# points: 0 leibniz_pi=not_attempted
# %% unsolved
# %% forged_outputs
