"""Elementwise work."""
import torch
import torch.nn.functional as F

from rows import row, with_backward

COUNT = 10_000_000


def chain(x):
    return torch.tanh(1.5 * x + 0.5) * torch.sigmoid(x) + x * x


# How time grows with the size of the work.
for name, size in (("quarter", COUNT // 4), ("x4", COUNT * 4)):
    @row("B1-chain-" + name)
    def _(size=size):
        x = torch.randn(size)
        return lambda: chain(x)

for name in ("B1-chain", "B1-pointwise"):
    @row(name)
    def _():
        x = torch.randn(COUNT)
        return lambda: chain(x)

    @row(name + "-grad")
    def _():
        x = torch.randn(COUNT).requires_grad_()
        return with_backward([x], torch.ones(COUNT), lambda: chain(x))


def elementwise(name, body):
    @row("B1-" + name)
    def _():
        x = torch.randn(COUNT)
        return lambda: body(x)


elementwise("add", lambda x: x + x)
elementwise("exp", torch.exp)
elementwise("tanh", torch.tanh)
elementwise("relu", torch.relu)
elementwise("gelu", F.gelu)
elementwise("sum", torch.sum)
