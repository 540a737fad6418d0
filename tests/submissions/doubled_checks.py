"""Every check cell stands there three times, once at the very top."""
# points: 20
# %% doubled_checks
