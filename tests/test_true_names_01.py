"""Lesson 1: a mistake's message claims only what the code does; unusual right answers get full points."""

from __future__ import annotations

import pytest

from course_utils.judging.outcome import Outcome
from tests.from_source import judged

LESSON = "01_tensors"

RIGHT = [
    ("leibniz_pi", """
        def leibniz_pi(n):
            return 4 * sum((-1) ** k / (2 * k + 1) for k in range(n))
     """),
    ("leibniz_pi", """
        def leibniz_pi(n):
            k = np.arange(n)
            return 4 * np.sum((-1.0) ** k / (2 * k + 1))
     """),
    ("leibniz_pi", """
        def leibniz_pi(n):
            d = torch.arange(1., 2 * n, 2)
            d[1::2] = -d[1::2]
            return (4 / d).sum().tolist()
     """),
    ("set_column", """
        def set_column(x, j, value):
            y = torch.empty_like(x)
            y[:] = x
            y[..., j] = value
            return y
     """),
    ("set_column", """
        def set_column(x, j, value):
            rows = x.tolist()
            for r in rows:
                r[j] = value
            return torch.tensor(rows, dtype=x.dtype)
     """),
    ("times_table", """
        def times_table(n):
            return torch.tensor([[i * j for j in range(1, n + 1)] for i in range(1, n + 1)])
     """),
    ("times_table", """
        def times_table(n):
            t = torch.zeros(n, n, dtype=torch.long)
            for i in range(n):
                for j in range(n):
                    t[i, j] = (i + 1) * (j + 1)
            return t
     """),
    ("standardize", """
        def standardize(x):
            s = x.std(0)
            return (x - x.mean(0)) / s.masked_fill(s < 1e-5, 1)
     """),
    ("standardize", """
        def standardize(x):
            y = (x - x.mean(0)) / x.std(0)
            y[:, x.max(0)[0] == x.min(0)[0]] = 0
            return y
     """),
    ("pairwise_distances", """
        def pairwise_distances(a, b):
            out = torch.zeros(len(a), len(b))
            for i, p in enumerate(a):
                for j, q in enumerate(b):
                    out[i, j] = torch.dist(p, q)
            return out
     """),
    ("pairwise_distances", """
        def pairwise_distances(a, b):
            return torch.linalg.norm(a.unsqueeze(1) - b, dim=2)
     """),
    ("stack_images", """
        def stack_images(images):
            out = torch.zeros(len(images), 3, *images[0].shape[:2])
            for i, im in enumerate(images):
                for c in range(3):
                    out[i, c] = torch.from_numpy(im[:, :, c]) / 255
            return out
     """),
    ("stack_images", """
        def stack_images(images):
            return torch.tensor(np.array(images)).movedim(3, 1) / 255
     """),
    ("shares_memory", """
        shares_memory = dict(slice=True, mask=False, view=True, transpose=True, reshape_of_transpose=False, numpy=True)
     """),
]

# exercise, code, the mistake that it is, and words that its message must not or must hold ("+…")
NEAR = [
    ("leibniz_pi", """
        def leibniz_pi(n):
            k = torch.arange(n)
            return 4 * ((-1.0) ** k / k).sum().item()
     """, None, ["arange(0, 2", "+inf"]),
    ("leibniz_pi", """
        def leibniz_pi(n):
            k = torch.arange(n)
            return 4 * (-1 / (2 * k + 1)).sum().item()
     """, None, ["**`", "binds", "+minus"]),
    ("leibniz_pi", """
        def leibniz_pi(n):
            return 4.0
     """, None, ["inside the loop"]),
    ("leibniz_pi", """
        def leibniz_pi(n):
            s = 0
            for k in range(n):
                s += (-1) ** k / (2 * k + 1)
                return 4 * s
     """, "returns_in_the_loop", []),
    ("leibniz_pi", """
        def leibniz_pi(n):
            k = torch.arange(1, n + 1)
            return 4 * ((-1.0) ** k / (2 * k - 1)).sum().item()
     """, "signs_swapped", ["k = 0"]),
    ("leibniz_pi", """
        def leibniz_pi(n):
            k = torch.arange(n)
            return torch.tensor(4.) * ((-1.)**k/(2*k+1)).sum()
     """, "still_a_tensor", []),
    ("leibniz_pi", """
        def leibniz_pi(n):
            return np.float32(4 * sum((-1) ** k / (2 * k + 1) for k in range(n)))
     """, None, ["tensor"]),
    ("set_column", """
        def set_column(x, j, value):
            y = x.clone()
            y.clone()[:, j] = value
            return y
     """, "returns_original", ["returned the original"]),
    ("set_column", """
        def set_column(x, j, value):
            y = x.clone()
            return y[:, j].fill_(value) and None
     """, None, ["there is no `return`"]),
    ("set_column", """
        def set_column(x, j, value):
            y = x.clone()
            x[:, j] = value
            return y
     """, "fills_x_returns_the_copy", []),
    ("set_column", """
        def set_column(x, j, value):
            y = x.clone().float()
            y[:, j] = value
            return y
     """, None, ["+dtype|int64|float64"]),
    ("set_column", """
        def set_column(x, j, value):
            y = x.clone()
            y[:, max(j, 0)] = value
            return y
     """, None, []),
    ("set_column", """
        def set_column(x, j, value):
            return torch.tensor([[value if c == j else v for c, v in enumerate(r)] for r in x.tolist()], dtype=x.dtype)
     """, None, []),
    ("times_table", """
        def times_table(n):
            t = torch.zeros(n, n)
            for i in range(n):
                for j in range(n):
                    t[i, j] = (i + 1) * (j + 1)
            return t
     """, "floats", ["float in it"]),
    ("times_table", """
        def times_table(n):
            k = torch.arange(1, n + 1)
            return k ** 2
     """, "no_column", ["k * k"]),
    ("times_table", """
        def times_table(n):
            k = torch.arange(1, n + 1)
            return (k * k).sum()
     """, "dot_product", []),
    ("standardize", """
        def standardize(x):
            return (x - x.mean(0)) / x.std(0, unbiased=False)
     """, "population_std", []),
    ("standardize", """
        def standardize(x):
            return (x - x.mean(0)) / (x.std(0) + 1e-8)
     """, "plus_epsilon", []),
    ("standardize", """
        def standardize(x):
            s = x.std(0)
            s[s == 0] = 1
            return (x - x.mean(0)) / s
     """, "exactly_zero", []),
    ("standardize", """
        def standardize(x):
            return (x - x[:, 0]) / x.std(0)
     """, None, ["dim=1"]),
    ("standardize", """
        def standardize(x):
            c = x - x.mean(0)
            return c / ((c ** 2).sum(0) / (2 * (len(x) - 1)))
     """, None, ["binds", "+half the variance"]),
    ("pairwise_distances", """
        def pairwise_distances(a, b):
            return (a**2 + b**2 - 2 * a * b).sum(-1).sqrt()
     """, "no_new_dimension", ["`a - b`"]),
    ("pairwise_distances", """
        def pairwise_distances(a, b):
            return (a[:, None] - b).square().sum(-1) / 2
     """, None, ["binds"]),
    ("pairwise_distances", """
        def pairwise_distances(a, b):
            return (a[:, None] - b).square().sum(-1) ** 1/2
     """, "half_the_squares", []),
    ("pairwise_distances", """
        def pairwise_distances(a, b):
            return (a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.T).sqrt()
     """, "negative_by_rounding", []),
    ("stack_images", """
        def stack_images(images):
            return (torch.tensor(np.stack(images)) / 255).int().float().permute(0, 3, 1, 2)
     """, None, ["`//` is"]),
    ("stack_images", """
        def stack_images(images):
            return (torch.tensor(np.stack(images)) // 255.).float().permute(0, 3, 1, 2)
     """, "integer_division", []),
    ("stack_images", """
        def stack_images(images):
            return torch.from_numpy(np.concatenate(images)).permute(2, 0, 1).float() / 255
     """, None, ["`torch.cat` joins"]),
    ("stack_images", """
        def stack_images(images):
            return torch.tensor(np.stack(images)).permute(0, 3, 1, 2).double() / 255
     """, "double_precision", ["You divided"]),
]


@pytest.mark.parametrize("seed", [1, 5])
@pytest.mark.parametrize(("name", "source"), RIGHT)
def test_an_unusual_right_answer_gets_all_points(name: str, source: str, seed: int) -> None:
    verdict = judged(LESSON, name, source, seed)
    assert verdict.outcome is Outcome.CORRECT, verdict


@pytest.mark.parametrize("seed", [1, 5])
@pytest.mark.parametrize(("name", "source", "mistake", "words"), NEAR)
def test_a_near_miss_is_told_only_what_it_does(name: str, source: str, mistake: str | None, words: list[str],
                                               seed: int) -> None:
    verdict = judged(LESSON, name, source, seed)
    assert verdict.outcome is not Outcome.CORRECT
    assert verdict.mistake == mistake, verdict.message
    for word in words:
        if word.startswith("+"):
            assert any(part in verdict.message for part in word[1:].split("|")), verdict.message
        else:
            assert word not in verdict.message
