"""The rows of bench in PyTorch: prints `ROW seconds` (median) for each.   python torch_rows.py [ROW...]"""
import math
import statistics
import sys
import time

import torch
from torch import nn

rows = {}


def row(name):
    def register(make):
        rows[name] = make
        return make
    return register


@row("add16")
def _():
    x, y = torch.ones(16), torch.ones(16)
    return lambda: x + y


@row("add16-grad")
def _():
    x, y, g = torch.ones(16, requires_grad=True), torch.ones(16), torch.ones(16)
    def body():
        x.grad = None
        (x + y).backward(g)
    return body


@row("chain10-grad")
def _():
    x, y, g = torch.ones(16, requires_grad=True), torch.ones(16), torch.ones(16)
    def body():
        x.grad = None
        z = x
        for _ in range(10):
            z = z * y
        z.backward(g)
    return body


@row("view")
def _():
    x = torch.ones(16)
    return lambda: x.view(4, 4)


@row("linear16")
def _():
    layer, x = nn.Linear(16, 16), torch.ones(1, 16)
    return lambda: layer(x)


@row("matmul512")
def _():
    a, b = torch.randn(512, 512), torch.randn(512, 512)
    return lambda: a.mm(b)


@row("tanh10M")
def _():
    x = torch.randn(10_000_000)
    return lambda: x.tanh()


def sine():
    x = torch.linspace(-math.pi, math.pi, 2000)
    return x, torch.sin(x)


def step(model, optimizer, x, y, reduction):
    loss_fn = nn.MSELoss(reduction=reduction)
    def body():
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return body


@row("T3-polynomial-autograd")
def _():
    x, y = sine()
    ws = [torch.randn((), requires_grad=True) for _ in range(4)]
    def body():
        a, b, c, d = ws
        (a + b * x + c * x ** 2 + d * x ** 3 - y).pow(2).sum().backward()
        with torch.no_grad():
            for w in ws:
                w -= 1e-6 * w.grad
                w.grad = None
    return body


def sequential(optimizer):
    x, y = sine()
    model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0, 1))
    xx = x.unsqueeze(-1).pow(torch.tensor([1, 2, 3]))
    return step(model, optimizer(model.parameters()), xx, y, "sum")


@row("T4-polynomial-sequential")
def _():
    return sequential(lambda p: torch.optim.SGD(p, lr=1e-6))


@row("T5-polynomial-rmsprop")
def _():
    return sequential(lambda p: torch.optim.RMSprop(p, lr=1e-3))


class Polynomial3(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c, self.d = (nn.Parameter(torch.randn(())) for _ in range(4))

    def forward(self, x):
        return self.a + self.b * x + self.c * x ** 2 + self.d * x ** 3


@row("T6-polynomial-module")
def _():
    x, y = sine()
    model = Polynomial3()
    return step(model, torch.optim.SGD(model.parameters(), lr=1e-6), x, y, "sum")


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.randn(1, 1))
        self.b = nn.Parameter(torch.randn(1, 1))

    def forward(self, x):
        t = x.mm(self.a)
        return t + self.b.expand_as(t)


@row("T7a-regression-parameter")
def _():
    x = torch.linspace(-2, 12, 100).view(100, 1)
    model = Line()
    return step(model, torch.optim.SGD(model.parameters(), lr=1e-3), x, 3 * x + 10, "mean")


@row("T7b-regression-linear")
def _():
    x = torch.linspace(-2, 12, 100).view(100, 1)
    model = nn.Linear(1, 1)
    return step(model, torch.optim.SGD(model.parameters(), lr=1e-3), x, 3 * x + 10, "mean")


def median(body):
    def seconds(count):
        start = time.perf_counter()
        for _ in range(count):
            body()
        return time.perf_counter() - start
    count = 1
    while seconds(count) < 0.01:
        count *= 2
    return statistics.median(seconds(count) / count for _ in range(15))


for name, make in rows.items():
    if len(sys.argv) == 1 or name in sys.argv[1:]:
        torch.manual_seed(0)
        print(name, median(make()), flush=True)
