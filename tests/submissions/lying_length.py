"""Containers that lie about their length and never end."""
# points: 15 leibniz_pi=wrong|error|timeout|crashed times_table=wrong|error|timeout|crashed
# %% leibniz_pi
class Endless(tuple):
    def __len__(self):
        return 1

    def __iter__(self):
        while True:
            yield 3.14

    def __getitem__(self, index):
        return self


def leibniz_pi(n):
    return Endless()
# %% times_table
class Table(dict):
    def items(self):
        raise SystemExit

    def __len__(self):
        return -1


def times_table(n):
    return Table(a=1)
