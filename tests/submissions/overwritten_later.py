"""A later cell uses the answers' names for something else."""
# points: 20
# %% last
leibniz_pi = times_table = standardize = None
del pairwise_distances, stack_images, set_column
