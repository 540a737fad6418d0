"""Training in several processes that keep one model, small enough to read.

    python -m torch.distributed.run --standalone --nproc-per-node 2 -m course_utils.training.ddp_demo

Each process takes its share of every batch; DistributedDataParallel averages the gradients during the
backward pass, so all take the same step. Rank 0 then trains alone on the whole batches, and compares.
"""

from __future__ import annotations

import os
import sys

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

ROWS, STEPS, LR = 64, 100, 0.5


def net() -> nn.Module:
    """The same small net in every process: (N, 2) to (N, 2) logits."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))


def rows_of_step(step: int) -> tuple[Tensor, Tensor]:
    """The whole batch of one step: points (64, 2), and whether each lies in the unit circle (64,)."""
    points = torch.randn(ROWS, 2, generator=torch.Generator().manual_seed(step))
    return points, (points.square().sum(dim=1) < 1).long()


def train(model: nn.Module, rank: int = 0, world_size: int = 1) -> float:
    """Train on every ``world_size``-th row from ``rank`` on; the last loss on those rows."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    for step in range(STEPS):
        points, labels = rows_of_step(step)
        loss = F.cross_entropy(model(points[rank::world_size]), labels[rank::world_size])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return loss.item()


def weights(model: nn.Module) -> Tensor:
    """All parameters in one row."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def main() -> None:
    dist.init_process_group("gloo")  # between GPUs it would be "nccl"
    rank, world_size = dist.get_rank(), dist.get_world_size()
    model = DistributedDataParallel(net())
    loss = train(model, rank, world_size)
    mine = weights(model)
    everyones = [torch.empty_like(mine) for _ in range(world_size)]
    dist.all_gather(everyones, mine)
    losses: list[float | None] = [None] * world_size
    dist.all_gather_object(losses, loss)
    if rank == 0:
        for other, value in enumerate(losses):
            print(f"process {other} of {world_size}: {ROWS // world_size} rows a step, last loss {value:.4f}")
        apart = max(float((mine - other).abs().max()) for other in everyones)
        alone = net()
        train(alone)
        print(f"largest difference between the processes' weights: {apart:.1e}")
        print(f"largest difference to one process with whole batches: {float((mine - weights(alone)).abs().max()):.1e}")
    dist.destroy_process_group()


if __name__ == "__main__":
    if "RANK" not in os.environ:
        raise SystemExit("Start me with: python -m torch.distributed.run --standalone --nproc-per-node 2 "
                         "-m course_utils.training.ddp_demo")
    main()
    # Gloo's threads may outlive the group, and now and then one of them aborts while Python takes itself apart.
    sys.stdout.flush()
    os._exit(0)
