"""A Dask cluster as an executor, for a class that outgrows one machine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager


class NoCluster(RuntimeError):
    """There is no cluster to be had; the message says why."""


@contextmanager
def cluster_executor(address: str) -> Iterator[tuple[Executor, int]]:
    """The cluster's executor, and how many submissions it takes at once.

    Each of its workers needs the course installed, and starts a sandbox of its own.
    """
    try:
        from distributed import Client
    except ImportError:
        raise NoCluster("--cluster needs Dask: pip install 'pytorch-in-nine-lessons[cluster]'.") from None
    try:
        client = Client(address, timeout="15s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NoCluster(f"No Dask scheduler answers at {address} ({type(error).__name__}). Start one with dask "
                        "scheduler, and workers with dask worker.") from None
    try:
        threads = sum(client.nthreads().values())
        if threads == 0:
            raise NoCluster(f"The scheduler at {address} has no workers. Start some with dask worker {address}.")
        # A grade is not pure: a sandbox may die under it, so it may have to be asked for again.
        yield client.get_executor(pure=False, retries=1), threads
    finally:
        client.close()
