"""The console script `course`. A command's module is imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys

import click

COMMANDS = {
    "lab": "open JupyterLab at a lesson",
    "status": "your progress over the lessons",
    "check": "run your own lesson notebooks and print each exercise's verdict",
    "grade": "grade notebooks, or folders of submissions",
    "mutants": "edit right answers, and print the edits that the checks don't notice",
    "audit": "measure what the checks and the grader hold",
    "build": "make the notebooks from their sources",
    "data": "what data is here; get the real one",
    "new": "write a starting point for a lesson or an exercise",
    "doctor": "what works on this machine, and how to fix what doesn't",
}


class Course(click.Group):
    """Finds a command in the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"course_utils.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Course, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pytorch-in-nine-lessons", prog_name="course")
def course() -> None:
    """PyTorch in Nine Lessons: study, check, grade and build the course."""


def _find_own_tools() -> None:
    """Put this environment's scripts on the path: nbgrader calls alembic by its name, activated or not."""
    scripts = os.path.dirname(sys.executable)
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + os.environ.get("PATH", os.defpath)


def _from_here(text: str) -> str:
    """Shorten the paths in a message to what they are in the project's folder."""
    from course_utils.paths import project_root

    root = project_root()
    return text.replace(f"{root}{os.sep}", "") if root else text


def main(args: list[str] | None = None) -> None:
    """Run the command line; errors are reported in a line or two on stderr, never as a traceback."""
    _find_own_tools()
    try:
        status = course.main(args=args, standalone_mode=False)
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except click.UsageError as error:
        hint = f" Try '{error.ctx.command_path} --help'." if error.ctx else ""
        click.echo(f"course: {error.format_message()}{hint}", err=True)
        status = 2
    except click.ClickException as error:
        click.echo(f"course: {error.format_message()}", err=True)
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("course: stopped.", err=True)
        status = 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:
        if os.environ.get("COURSE_TRACEBACK"):
            raise
        expected = isinstance(error, OSError | LookupError | RuntimeError | ValueError)
        said = error.args[0] if isinstance(error, KeyError) and error.args else error  # str() of a KeyError has quotes
        text = " ".join(_from_here(str(said)).split()) or type(error).__name__
        more = "" if expected else f" ({type(error).__name__}; COURSE_TRACEBACK=1 shows where)"
        click.echo(f"course: {text}{more}", err=True)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)
