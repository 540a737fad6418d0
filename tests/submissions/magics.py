"""IPython's magics, shell lines, top-level await, plots."""
# points: 20
# %% first
%matplotlib inline
import asyncio

import matplotlib.pyplot as plt

plt.plot([1, 2, 3])
plt.show()
!ls
await asyncio.sleep(0)
# %% before set_column
%%time
late = 1
# %% last
print(input("your name? "))
