"""Sums, sorts, gathers, normalisation."""
import torch
import torch.nn.functional as F
from torch import nn

from rows import row, with_backward, without_grad


def on_matrix(name, body):
    @row("B2-" + name)
    def _():
        m = torch.randn(4096, 4096)
        def run():
            torch.manual_seed(1)
            return body(m)
        return run


on_matrix("sum-axis0", lambda m: m.sum(0))
on_matrix("sum-axis1", lambda m: m.sum(1))
on_matrix("transpose-copy", lambda m: m.t().contiguous())
on_matrix("argmax-axis0", lambda m: m.argmax(0))
on_matrix("argmax-axis1", lambda m: m.argmax(1))
on_matrix("max-axis1", lambda m: m.max(1).values)
on_matrix("cumsum-axis1", lambda m: m.cumsum(1))
on_matrix("cat", lambda m: torch.cat([m[:1024], m[1024:2048], m[2048:3072], m[3072:]]))
on_matrix("broadcast-row", lambda m: m + m[0])
on_matrix("broadcast-column", lambda m: m + m[:, :1])
on_matrix("where", lambda m: torch.where(m > 0, m, 0.0))
on_matrix("dropout", lambda m: F.dropout(m, 0.1))


@row("B2-softmax")
def _():
    x = torch.randn(4096, 1024)
    return lambda: x.softmax(-1)


@row("B2-softmax-grad")
def _():
    x = torch.randn(4096, 1024).requires_grad_()
    return with_backward([x], torch.randn(4096, 1024), lambda: x.softmax(-1))


def layer_norm(rows, columns):
    name = f"B2-layer-norm-{rows}x{columns}"

    @row(name)
    def _():
        x, layer = torch.randn(rows, columns), nn.LayerNorm(columns)
        return lambda: without_grad(lambda: layer(x))

    @row(name + "-grad")
    def _():
        x, layer = torch.randn(rows, columns).requires_grad_(), nn.LayerNorm(columns)
        return with_backward(
            [x, layer.weight, layer.bias], torch.randn(rows, columns), lambda: layer(x))


layer_norm(256, 1024)
layer_norm(128, 384)


@row("B4-batch-norm")
def _():
    x, layer = torch.randn(64, 64, 56, 56), nn.BatchNorm2d(64)
    return lambda: without_grad(lambda: layer(x))


@row("B4-batch-norm-grad")
def _():
    x, layer = torch.randn(64, 64, 56, 56).requires_grad_(), nn.BatchNorm2d(64)
    return with_backward(
        [x, layer.weight, layer.bias], torch.randn(64, 64, 56, 56), lambda: layer(x))


@row("B2-cross-entropy-grad")
def _():
    x = torch.randn(4096, 1024).requires_grad_()
    labels = torch.randint(1024, (4096,))
    return with_backward([x], None, lambda: F.cross_entropy(x, labels))


@row("B2-gather")
def _():
    x = torch.randn(4096, 1024)
    index = torch.randint(1024, (4096, 1024))
    return lambda: x.gather(1, index)


@row("B2-index-select")
def _():
    table = torch.randn(65536, 256)
    index = torch.randint(65536, (65536,))
    return lambda: table.index_select(0, index)


@row("B2-embedding-grad")
def _():
    table = torch.randn(65536, 256).requires_grad_()
    index = torch.randint(65536, (65536,))
    return with_backward([table], torch.ones(65536, 256), lambda: F.embedding(index, table))


@row("B2-sort")
def _():
    x = torch.randn(1_000_000)
    return lambda: x.sort().values


@row("B2-topk")
def _():
    x = torch.randn(1_000_000)
    return lambda: x.topk(10).values


@row("B2-rand")
def _():
    return lambda: torch.rand(10_000_000, generator=torch.Generator().manual_seed(0))


@row("B2-randn")
def _():
    return lambda: torch.randn(10_000_000, generator=torch.Generator().manual_seed(0))
