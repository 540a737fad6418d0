"""nbgrader's configuration: it reads the course's own tree, with no copies."""

import os
import warnings

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader import preprocessors as steps
from sqlalchemy.exc import SAWarning

from course_utils.authoring.starters import InsertStarters, SignRelease
from course_utils.grading.nbgrader.preprocessors import CleanPages, RestoreCells, SandboxedExecute
from course_utils.grading.nbgrader.renamed import as_it_came, under_released_name

c = get_config()  # noqa: F821
warnings.filterwarnings("ignore", category=SAWarning)  # nbgrader's own relations, harmless, 150 lines a run

c.CourseDirectory.course_id = "pytorch-in-nine-lessons"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
# nbgrader copies everything else in a source folder to students: sources hold the answers.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.py", "*.pyc", "runs", "*.pt", "*.pth"]

c.ClearSolutions.code_stub = {"python": "# Your code here.\nraise NotImplementedError"}
c.GenerateAssignment.preprocessors = [
    steps.IncludeHeaderFooter,
    steps.InstantiateTests,
    steps.LockCells,
    steps.ClearSolutions,
    InsertStarters,
    steps.ClearOutput,
    steps.CheckCellMetadata,
    steps.ComputeChecksums,
    steps.SaveCells,
    steps.ClearHiddenTests,
    steps.ClearMarkScheme,
    steps.ComputeChecksums,
    steps.CheckCellMetadata,
    SignRelease,
]
if os.name != "nt":  # Unix sockets: nothing else on the machine can listen in on a kernel
    c.KernelManager.transport = "ipc"
c.Execute.startup_timeout = 300  # a busy machine may take long to start a kernel

# Grading: cells run in the sandbox, the judge outside decides. `course grade` goes the same way.
c.Autograde.pre_convert_hook = under_released_name
c.Autograde.post_convert_hook = as_it_came
c.Autograde.sanitize_preprocessors = [
    steps.ClearOutput,
    RestoreCells,
    steps.DeduplicateIds,
    steps.OverwriteKernelspec,
    steps.OverwriteCells,
    steps.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    SandboxedExecute,
    steps.IgnorePattern,
    ClearMetadataPreprocessor,
    steps.LimitOutput,
    steps.SaveAutoGrades,
    steps.AssignLatePenalties,
    steps.CheckCellMetadata,
    CleanPages,
]
c.Execute.timeout = 30
c.ExecutePreprocessor.timeout = 120
