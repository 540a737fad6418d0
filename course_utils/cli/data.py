"""`course data`: what data is here, and getting the real one."""

from __future__ import annotations

import sys

import click

from course_utils.data.registry import DATASETS

NAMES = click.Choice(list(DATASETS))


@click.group(invoke_without_command=True)
@click.pass_context
def data(context: click.Context) -> None:
    """What data is here; get the real one.

    Lessons take real data where it is and stand-ins where it is not. COURSE_DATA=auto, embedded or real chooses;
    COURSE_DATA_DIR names the folder of real data (default: the course's data folder).
    """
    if context.invoked_subcommand is None:
        context.invoke(status)


@data.command(short_help="What data is here.")
@click.argument("names", metavar="[NAME]...", nargs=-1, type=NAMES)
def status(names: tuple[str, ...]) -> None:
    """What data is here: pima, cifar10 and mnist, or those named. Fetches nothing."""
    from rich.console import Console
    from rich.table import Table

    from course_utils.data.places import Mode, mode, real_folder
    from course_utils.data.verify import find_problem

    wanted, folder = mode(), real_folder()
    table = Table(box=None, pad_edge=False)
    for heading in ("Name", "Real data", "Lessons use"):
        table.add_column(heading)
    troubles, absent = [], []
    for name in names or tuple(DATASETS):
        wrong = find_problem(DATASETS[name])
        state = "here" if wrong is None else "not here" if wrong.absent else "damaged"
        real = wanted is not Mode.EMBEDDED and (wrong is None or wanted is Mode.REAL)
        table.add_row(name, state, "real" if real and wrong is None else "nothing yet" if real else "embedded")
        if wrong is not None:
            absent.append(name)
            troubles += [] if wrong.absent else [wrong.text]
    Console(highlight=False, soft_wrap=True).print(table)
    click.echo(f"\nCOURSE_DATA={wanted}, real data in {folder}")
    for trouble in troubles:
        click.echo(trouble)
    if absent and wanted is not Mode.EMBEDDED:
        click.echo(f"Get the real one: course data fetch {' '.join(absent)}")


@data.command(short_help="Get the real data: pima, mnist, cifar10, or those named.")
@click.argument("names", metavar="[NAME]...", nargs=-1, type=NAMES)
def fetch(names: tuple[str, ...]) -> None:
    """Get the real data: pima (23 kB), mnist (11 MiB), cifar10 (163 MiB), or those named.

    An interrupted download goes on where it stopped, and every file is checked before it is put into place. Behind a
    proxy, set HTTPS_PROXY=http://HOST:PORT; or put the archives into the data folder by hand and run this again.
    """
    from course_utils.data.errors import DataError
    from course_utils.data.fetch import fetch as get
    from course_utils.data.places import real_folder
    from course_utils.data.verify import find_problem

    failed = False
    for name in dict.fromkeys(names or sorted(DATASETS, key=lambda name: DATASETS[name].size)):
        spec = DATASETS[name]
        if find_problem(spec) is None:
            click.echo(f"{spec.title}: here and whole, in {real_folder()}")
            continue
        try:
            folder = get(name, bar=sys.stderr.isatty())
        except DataError as error:
            click.echo(f"course: {name}: {error}", err=True)
            failed = True
        else:
            click.echo(f"{spec.title}: fetched and checked, in {folder}")
    if failed:
        sys.exit(1)
