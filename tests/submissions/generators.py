"""Generators and iterators as results, one without an end."""
# points: 15 leibniz_pi=wrong times_table=wrong
# %% leibniz_pi
def leibniz_pi(n):
    yield 3.14
# %% times_table
import itertools


def times_table(n):
    return itertools.count()
