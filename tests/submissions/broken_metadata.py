"""nbgrader's marks hold nonsense."""
# points: 20
# %% broken_metadata
