"""Windows line ends in every cell, and a byte order mark."""
# points: 20
# %% windows
