"""exit() and quit() in cells."""
# points: 20
# %% first
exit()
# %% before set_column
quit()
# %% before standardize
import sys

sys.exit("enough")
