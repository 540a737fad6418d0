"""Reference models: shapes, and parameter counts worked out by hand."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from course_utils.models import DigitNet, PimaNet, mlp
from course_utils.models.resnet import small_resnet

PIMA = (8 + 1) * 12 + (12 + 1) * 8 + (8 + 1)
DIGITS = (784 + 1) * 512 + (512 + 1) * 256 + (256 + 1) * 10
STEM = 3 * 8 * 9 + 2 * 8  # 3 to 8 channels, kernels 3 x 3 without bias; two numbers a channel in the batch norm
FIRST_BLOCK = 2 * (8 * 8 * 9 + 2 * 8)
SECOND_BLOCK = 8 * 16 * 9 + 16 * 16 * 9 + 2 * (2 * 16) + 8 * 16 + 2 * 16  # the last two: the shortcut, 1 x 1
RESNET = STEM + FIRST_BLOCK + SECOND_BLOCK + (16 + 1) * 10


@pytest.mark.parametrize(("model", "shape", "outputs", "parameters"), [
    (PimaNet(), (5, 8), 1, PIMA),
    (DigitNet(), (5, 1, 28, 28), 10, DIGITS),
    (DigitNet(), (5, 28, 28), 10, DIGITS),
    (DigitNet(), (5, 784), 10, DIGITS),
    (small_resnet(), (5, 3, 8, 8), 10, RESNET),
    (mlp([3, 4, 2], nn.Tanh, dropout=0.5), (5, 3), 2, 4 * (3 + 1) + 2 * (4 + 1)),
])
def test_shape_and_size(model: nn.Module, shape: tuple[int, ...], outputs: int, parameters: int) -> None:
    assert model(torch.randn(shape)).shape == (5, outputs)
    assert sum(p.numel() for p in model.parameters()) == parameters


def test_the_numbers_that_the_lessons_quote() -> None:
    assert (PIMA, DIGITS, RESNET) == (221, 535_818, 5_266)


def test_the_nets_give_logits_of_both_signs() -> None:
    torch.manual_seed(0)
    for model, shape in ((PimaNet(), (200, 8)), (DigitNet(), (200, 784))):
        logits = model.eval()(3 * torch.randn(shape))
        assert logits.min() < 0 < logits.max()


def test_dropout_acts_in_train_mode_only() -> None:
    net, images = DigitNet(), torch.rand(3, 784)
    assert torch.equal(net.eval()(images), net(images))
    assert not torch.equal(net.train()(images), net(images))


def test_an_mlp_has_nothing_behind_its_last_layer() -> None:
    kinds = [type(layer) for layer in mlp([2, 3, 3, 1], dropout=0.1)]
    assert kinds == [nn.Linear, nn.ReLU, nn.Dropout, nn.Linear, nn.ReLU, nn.Dropout, nn.Linear]
