"""Slips of an author: each is refused by `course build` in one line with its file, what is wrong and the repair."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tests.conftest import LESSON, ROOT

pytestmark = pytest.mark.slow
SKIPPED = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
PACKAGE = f"course_utils/exercises/lesson_{LESSON}"
INIT, MODULE, SOURCE = f"{PACKAGE}/__init__.py", f"{PACKAGE}/standardize.py", f"solutions/{LESSON}/{LESSON}.py"
VALUE = f"{PACKAGE}/shares_memory.py"
ANOTHER = "\n\n@exercise.{}\ndef {}(x):\n    {}\n"
RIGHT = "std = x.std(dim=0, keepdim=True)\n    return (x - x.mean(dim=0)) / torch.where(std < 1e-6, 1.0, std)"

# Builds lesson 1 of the folder that it is started in, once with each slip: a fork per slip saves importing torch again.
DRIVER = """
import contextlib, json, os, sys
from pathlib import Path
import course_utils.authoring.build, course_utils.cli.build
from course_utils.cli.app import main

for number, slip in enumerate(json.load(sys.stdin)):
    file = Path(slip["file"])
    text = file.read_text()
    assert slip["old"] in text or not slip["old"], slip
    changed = text.replace(slip["old"], slip["new"], 1) if slip["old"] else text + slip["new"]
    file.write_text(changed)
    child = os.fork()
    if child == 0:
        for descriptor, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{number}.{name}", os.O_WRONLY | os.O_CREAT), descriptor)
        try:
            main(["build", "1"])
        except SystemExit as stop:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(stop.code or 0)
        os._exit(99)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    file.write_text(text)
    Path(f"{number}.rc").write_text(str(status))
"""


@dataclass(frozen=True)
class Slip:
    """A change to a file of lesson 1 (at its end if ``old`` is empty), and what the build says to it."""

    file: str
    old: str
    new: str
    says: str
    also: str = ""


NOT_SCALED = "You centred the columns but didn't scale them. Divide by `x.std(dim=0)` as well."
SLIPS = [
    # the module
    Slip(MODULE, "points=3", "pionts=3", "takes no 'pionts'. Did you mean 'points'?", "standardize.py:21"),
    Slip(MODULE, "    hints=(", "    tips=(", "takes no 'tips'", "standardize.py:21"),
    Slip(VALUE, '    objective="Tell a view from a copy.",\n', "", "lacks objective", "shares_memory.py:20"),
    Slip(MODULE, "lambda rng:", "lambda:", "Make fresh a function of one argument", "standardize.py:38"),
    Slip(MODULE, "lambda rng:", "lambda rng, seed:", "Make fresh a function of one argument"),
    Slip(MODULE, "lambda rng: [", "lambda rng: 3 and [1, ", "fresh doesn't give a list of cases"),
    Slip(MODULE, "rng.normal(size=(rows, 4)", "np.random.normal(size=(rows, 4)", "raises NameError"),
    Slip(MODULE, "torch.from_numpy(rng.normal(size=(rows, 4)))", "torch.randn(rows, 4)",
         "the same seed gives different inputs"),
    Slip(MODULE, "exercise = Exercise(", "exercize = Exercise(", "the name 'exercise' is not defined",
         "Did you mean 'exercize'?"),
    Slip(MODULE, 'name="standardize"', 'name="standardise"', "Write name=\"standardize\""),
    Slip(MODULE, 'name="standardize"', 'name="set_column"', "Write name=\"standardize\""),
    Slip(MODULE, "points=3", "points=0", "points=0 is not a number above 0", "standardize.py:23"),
    Slip(MODULE, "points=3", "points=-3", "points=-3 is not a number above 0"),
    Slip(MODULE, "points=3", 'points="3"', "points='3' is not a number above 0"),
    Slip(MODULE, "points=3", "points=4", "its parts give 3 points, but 'standardize' has 4"),
    Slip(MODULE, '"a constant column": 1}', '"a constant colum": 1}', "Did you mean 'a constant colum'?"),
    Slip(MODULE, "    parts=", '    kind="functoin",\n    parts=', "Did you mean 'function'?"),
    Slip(MODULE, "    parts=", '    kind="class",\n    parts=', "the reference is a function, but"),
    Slip(MODULE, "rtol=1e-3", "rtol=-1e-3", "rtol=-0.001"),
    Slip(MODULE, "rtol=1e-3", "rtol=1e-3 atol=1", "not valid Python", "standardize.py:"),
    Slip(MODULE, "@exercise.reference", "@exercise.refrence", "Did you mean 'reference'?", "standardize.py:51"),
    Slip(MODULE, "@exercise.reference\n", "", "has no reference"),
    Slip(MODULE, "@exercise.alternative\n", "@exercise.reference\n", "a second time"),
    Slip(MODULE, "@exercise.alternative\n", "@exercise.alternative()\n", "takes no parentheses"),
    Slip(MODULE, "@exercise.alternative\n", "", "lacks 1 more alternative"),
    Slip(MODULE, "import Exercise, case", "import Exercise, cse", "Did you mean 'case'?"),
    Slip(MODULE, "def standardize(x)", "def standardise(x)", "the reference is called 'standardise'"),
    Slip(MODULE, "    mean, std = x", "    raise ValueError('later')\n    mean, std = x", "raises ValueError (later)"),
    Slip(MODULE, "x.mean(dim=0), x.std(dim=0)", "x.mean(dim=0), x.var(dim=0)",
         "the reference gives other results"),
    Slip(MODULE, "torch.where(std < 1e-6, 0.0,", "torch.where(std < 1e-6, 1.0,",
         "the alternative 'with_a_threshold' is judged"),
    Slip(MODULE, f'"{NOT_SCALED}"', '" "',
         "the mistake 'not_scaled' has an empty sentence"),
    Slip(MODULE, f'("{NOT_SCALED}")', "",
         "@exercise.mistake lacks its sentence"),
    Slip(MODULE, "", ANOTHER.format("mistake('You did it.')", "fine", RIGHT), "the mistake 'fine' is a right answer"),
    Slip(MODULE, "", ANOTHER.format("mistake('You did it.')", "twin",
                                    "return _on_other_columns(lambda t: t - t.mean(0))(x)"),
         "'not_scaled' and 'twin' do the same"),
    Slip(MODULE, "", ANOTHER.format("mistake('You did it.')", "not_scaled", "return x"), "are called 'not_scaled'"),
    Slip(MODULE, "", ANOTHER.format("alternative", "copy_of_it", "mean, std = x.mean(dim=0), x.std(dim=0)\n    "
                                    "constant = (x == x[0]).all(dim=0)\n    "
                                    "return (x - mean) / torch.where(constant, 1.0, std)"), "is the same code as"),
    Slip(VALUE, 'starter_text="""\nshares_memory', 'starter_text="""\nshare_memory', "should define 'shares_memory'"),
    Slip(VALUE, '"slice": ...,', '"slice": ..., (', "starter_text is not valid Python"),
    Slip(MODULE, "    fresh=lambda rng: [", "    examples_too=lambda rng: [", "takes no 'examples_too'"),
    Slip(MODULE, 'part="a constant column"),  # its computed std is 8e-9\n    ],\n    fresh',
         'part="constant"),\n    ],\n    fresh',
         "tests the part 'constant', which parts doesn't have"),
    Slip(MODULE, "import torch\n", "import torhc\n", "no module named 'torhc'", "standardize.py:5"),
    Slip(MODULE, "def standardize(x):\n    mean", "def standardize(x):\nmean", "not valid Python (expected an"),
    Slip(MODULE, 'objective="Reduce over the right dimension, and broadcast the result back."', 'objective=""',
         "has no objective"),
    # the lesson
    Slip(INIT, '"leibniz_pi",', '"leibniz_pi" "x",', "lists 'leibniz_pix', but there is no leibniz_pix.py"),
    Slip(INIT, '    objectives=(', '    minutes="30",\n    objectives=(', "minutes='30' is not a number above 0"),
    Slip(INIT, '"shares_memory",\n', '"shares_memory",\n        "leibniz_pi",\n', "lists 'leibniz_pi' twice"),
    Slip(INIT, '"set_column",', '"set_column"', "Put a comma between \"set_column\" and \"times_table\""),
    Slip(INIT, '"set_column",', '"set_colum",', "Did you mean 'set_column'?"),
    Slip(INIT, '        "set_column",\n', "", "doesn't list 'set_column'"),
    Slip(INIT, 'id="01_tensors"', 'id="01_tensor"', "Write \"01_tensors\""),
    Slip(INIT, "LESSON =", "LESON =", "it has no LESSON"),
    Slip(INIT, "summary=", "sumary=", "Did you mean 'summary'?"),
    Slip(INIT, "summary=", "summary", "not valid Python"),
    # the source
    Slip(SOURCE, '# %% exercise="standardize"', '# %% exercize="standardize"', "Did you mean 'exercise'?", "py:299"),
    Slip(SOURCE, '# %% exercise="standardize"', "# %% exercise=standardize", "Write exercise=\"standardize\""),
    Slip(SOURCE, '# %% exercise="standardize"', "# %% exercise='standardize'", "Write exercise=\"standardize\""),
    Slip(SOURCE, '# %% exercise="standardize"', '#%%exercise="standardize"', "is not read as a header"),
    Slip(SOURCE, '# %% exercise="standardize"', '# % exercise="standardize"', "is not read as a header"),
    Slip(SOURCE, '# %% exercise="standardize"', '# %% exercise: "standardize"', "neither a mark nor [markdown]"),
    Slip(SOURCE, '# %% exercise="standardize"', '# %% exercise="standardise"', "Did you mean 'standardize'?"),
    Slip(SOURCE, '# %% check="standardize"', '# %% chek="standardize"', "Did you mean 'check'?"),
    Slip(SOURCE, "check(standardize)", "check(times_table)", "Write check(standardize)"),
    Slip(SOURCE, "# %% [markdown]\n# ## Taking", "# %% [markdwon]\n# ## Taking", "Write # %% [markdown]"),
    Slip(SOURCE, "# %% [markdown]\n# ## Taking", "# %%[markdown]\n# ## Taking", "Write # %% [markdown]"),
    Slip(SOURCE, "# %% demo=true", "# %% demo=True", "Write demo=true"),
    Slip(SOURCE, "    ...  ### SOLUTION", "    ...  ### SOLUTON", "is not read as a mark", "(line 106)"),
    Slip(SOURCE, "    ...  ### SOLUTION", "    ### BEGIN SOLUTON\n    return 1\n    ### END SOLUTION",
         "Write ### BEGIN SOLUTION"),
    Slip(SOURCE, "    ...  ### SOLUTION", "    return 1\n    ### END SOLUTION", "has no ### BEGIN SOLUTION"),
    Slip(SOURCE, "    ...  ### SOLUTION", "    pass  ### SOLUTION", "is not read as a mark"),
    Slip(SOURCE, "    ...  ### SOLUTION", "    pass", "doesn't say where its solution goes"),
    Slip(SOURCE, "def standardize(x):", "def standardise(x):", "Rename it to 'standardize'"),
    Slip(SOURCE, "def standardize(x):", "def standardize(y):", "but the reference has standardize(x)"),
    Slip(SOURCE, "def standardize(x):", "def standardize(x:", "not valid Python", "(line 300)"),
    Slip(SOURCE, "torch.manual_seed(0)", "torch.manual_seed(0", "not valid Python"),
    Slip(SOURCE, 'start("01_tensors")', 'start("02_autograd")', "Write start(\"01_tensors\")"),
    Slip(SOURCE, "# ### Exercise · A times", "# ### Exercise · Left behind\n#\n# ### Exercise · A times",
         "'### Exercise · Left behind' heads no exercise"),
    Slip(SOURCE, "", "\n# %% [markdown]\n# ### Exercise · Left behind\n", "heads no exercise"),
    Slip(SOURCE, "# ### Exercise · A times", "# ### Excercise · A times", "is not read as an exercise's heading"),
    Slip(SOURCE, "# ### Exercise · A times", "# ### Exercise: A times", "is not read as an exercise's heading"),
    Slip(SOURCE, "## Taking parts\n", "## Taking parts\n#\n# ### Exercise 2\n", "heads no exercise, because"),
    Slip(SOURCE, "scores\n\n", 'scores\nhint("leibniz")\n\n', "Did you mean 'leibniz_pi'?"),
    Slip(SOURCE, "{points}", "{point}", "Write {points}"),
    Slip(SOURCE, "{exercises}, {points}", "{exercises}, 19 points", "'19 points' should be 20"),
]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the course with lesson 1, built once with each slip: ``<number>.err`` holds what was said."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "course_utils", root / "course_utils", ignore=SKIPPED)
    for folder in ("solutions", "lessons"):
        shutil.copytree(ROOT / folder / LESSON, root / folder / LESSON, ignore=SKIPPED)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    subprocess.run([sys.executable, "-c", DRIVER], input=json.dumps([asdict(slip) for slip in SLIPS]), text=True,
                   cwd=root, check=True, timeout=600, capture_output=True,
                   env={**os.environ, "PYTHONPATH": str(root), "COURSE_STATE": str(root / "state"),
                        "PYTHONDONTWRITEBYTECODE": "1"})
    return root


@pytest.mark.parametrize("number", range(len(SLIPS)), ids=[f"{Path(s.file).stem}-{s.says[:40]}" for s in SLIPS])
def test_a_slip_is_named_with_its_place_and_repair(clone: Path, number: int) -> None:
    slip, said = SLIPS[number], (clone / f"{number}.err").read_text()
    assert (clone / f"{number}.rc").read_text() == "1", said
    assert slip.says in said
    assert slip.also in said
    lines = said.splitlines()
    assert len(lines) <= 2, said
    assert all(line.startswith("course: ") and line.endswith(".") for line in lines), said
    assert slip.file in said or slip.file == INIT
    assert str(clone) not in said
    assert "up to date" not in (clone / f"{number}.out").read_text()
