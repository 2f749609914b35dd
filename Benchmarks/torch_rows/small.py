"""Rows of small tensors."""
import torch
from torch import nn

from rows import row, with_backward


def small(n):
    @row(f"add{n}")
    def _():
        x, y = torch.ones(n), torch.ones(n)
        return lambda: x + y

    @row(f"mul{n}")
    def _():
        x, y = torch.ones(n), torch.ones(n)
        return lambda: x * y


for n in (1, 16, 1024):
    small(n)


@row("item")
def _():
    x = torch.ones(1)
    def body():
        x.item()
        return x
    return body


@row("index")
def _():
    x = torch.ones(16, 4)
    return lambda: x[3]


@row("view")
def _():
    x = torch.ones(16)
    return lambda: x.view(4, 4)


@row("add16-grad")
def _():
    x, y = torch.ones(16, requires_grad=True), torch.ones(16)
    return with_backward([x], torch.ones(16), lambda: x + y)


@row("chain10-grad")
def _():
    x, y = torch.ones(16, requires_grad=True), torch.ones(16)
    def chain():
        z = x
        for _ in range(10):
            z = z * y
        return z
    return with_backward([x], torch.ones(16), chain)


@row("linear16")
def _():
    layer, x = nn.Linear(16, 16), torch.ones(1, 16)
    return lambda: layer(x)
