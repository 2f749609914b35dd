"""The programs of the tutorials."""
import math

import torch
from torch import nn

from rows import row


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
        return loss
    return body


@row("T3-polynomial-autograd")
def _():
    x, y = sine()
    ws = [torch.randn((), requires_grad=True) for _ in range(4)]
    def body():
        a, b, c, d = ws
        loss = (a + b * x + c * x ** 2 + d * x ** 3 - y).pow(2).sum()
        loss.backward()
        with torch.no_grad():
            for w in ws:
                w -= 1e-6 * w.grad
                w.grad = None
        return loss
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


@row("T8-perceptron-autograd")
def _():
    x, y = torch.randn(100, 1000), torch.randn(100, 10)
    ws = [torch.randn(1000, 100, requires_grad=True), torch.randn(100, 10, requires_grad=True)]
    def body():
        loss = (x.mm(ws[0]).clamp(min=0).mm(ws[1]) - y).pow(2).sum()
        loss.backward()
        with torch.no_grad():
            for w in ws:
                w -= 1e-9 * w.grad
                w.grad = None
        return loss
    return body


@row("T9-line-autograd")
def _():
    x = torch.rand(50)
    y = x * 3 + 0.8
    ps = [torch.ones(1, requires_grad=True), torch.zeros(1, requires_grad=True)]
    def body():
        loss = (x * ps[0] + ps[1] - y).pow(2).mean()
        loss.backward()
        for p in ps:
            p.data -= 0.01 * p.grad.data
            p.grad.data.zero_()
        return loss
    return body


def epoch(model):
    images, labels = torch.randn(60_000, 784), torch.randint(10, (60_000,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss_fn = nn.CrossEntropyLoss()
    def body():
        # What DataLoader draws before its permutation; its own loop in Python takes 1.5 times as long.
        seed = torch.empty((), dtype=torch.int64).random_().item()
        order = torch.randperm(60_000, generator=torch.Generator().manual_seed(
            int(torch.empty((), dtype=torch.int64).random_().item())))
        for i in range(0, 60_000, 256):
            part = order[i:i + 256]
            loss = loss_fn(model(images.index_select(0, part)), labels.index_select(0, part))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss
    return body


@row("T10-epoch-softmax")
def _():
    return epoch(nn.Linear(784, 10))


@row("T10-epoch-perceptron")
def _():
    return epoch(nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)))


COUNT = 10_000_000
