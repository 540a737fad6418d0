"""sys.modules is emptied."""
# points: 20
# %% last
import sys

for name in [name for name in sys.modules if name.startswith(("json", "struct", "re"))]:
    del sys.modules[name]
