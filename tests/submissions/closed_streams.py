"""Standard input, output and error are closed or gone."""
# points: 20
# %% first
import os
import sys

for descriptor in (0, 1, 2):
    os.close(descriptor)
sys.stdout = sys.stderr = sys.stdin = None
sys.__stdout__ = sys.__stderr__ = None
