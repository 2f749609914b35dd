#!/usr/bin/env python3
"""Runs the tutorials' original programs in PyTorch with seed 0 and writes what they print.

    pip install torch==2.13.0 numpy
    python Scripts/make_tutorial_fixtures.py Tests/Fixtures/tutorials

Scripts/check-examples.sh compares the Swift programs with these files: text exactly, numbers to five
significant digits. A file may hold fewer lines than the program prints: chaotic tails are left out,
each with its reason below.
"""
import math
import os
import sys

import torch
from torch import nn

torch.set_num_threads(1)
lines = []


def out(*args):
    lines.append(" ".join(str(a) for a in args))


def coefficients(a, b, c, d):
    return f"y = {a} + {b} x + {c} x^2 + {d} x^3"


def sine():
    x = torch.linspace(-math.pi, math.pi, 2000)
    return x, torch.sin(x)


def polynomial_tensors(requires_grad=False):
    x, y = sine()
    a, b, c, d = (torch.randn((), requires_grad=requires_grad) for _ in range(4))
    for t in range(2000):
        y_pred = a + b * x + c * x ** 2 + d * x ** 3
        loss = (y_pred - y).pow(2).sum()
        if t % 100 == 99:
            out(t, loss.item())
        if requires_grad:
            loss.backward()
            with torch.no_grad():
                for p in (a, b, c, d):
                    p -= 1e-6 * p.grad
                    p.grad = None
        else:
            g = 2.0 * (y_pred - y)
            a -= 1e-6 * g.sum()
            b -= 1e-6 * (g * x).sum()
            c -= 1e-6 * (g * x ** 2).sum()
            d -= 1e-6 * (g * x ** 3).sum()
    out("Result:", coefficients(a.item(), b.item(), c.item(), d.item()))


def polynomial_model(optimizer):
    x, y = sine()
    xx = x.unsqueeze(-1).pow(torch.tensor([1, 2, 3]))
    model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0, 1))
    loss_fn = nn.MSELoss(reduction="sum")
    step = optimizer(model.parameters())
    for t in range(2000):
        loss = loss_fn(model(xx), y)
        if t % 100 == 99:
            out(t, loss.item())
        step.zero_grad()
        loss.backward()
        step.step()
    layer = model[0]
    w = layer.weight[0].tolist()
    out("Result:", coefficients(layer.bias.item(), *w))


class Parameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.randn(1, 1))
        self.b = nn.Parameter(torch.randn(1, 1))

    def forward(self, x):
        t = x.mm(self.a)
        return t + self.b.expand_as(t)


class WithLinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)


def regression(make):
    n = 100
    x = torch.linspace(-2, 12, n).resize_((n, 1))
    y = 3 * x + 10 + torch.randn(x.size())
    model = make()
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    for epoch in range(20000):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (epoch + 1) % 100 == 0:
            out("Epoch[{}/{}], loss:{:.6f}".format(epoch + 1, 20000, loss.item()))
    for name, param in model.named_parameters():
        out(name, param.data)


def two_layer():
    x, y = torch.randn(100, 1000), torch.randn(100, 10)
    w1 = torch.randn(1000, 100, requires_grad=True)
    w2 = torch.randn(100, 10, requires_grad=True)
    for epoch in range(20):
        loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
        out("Epoch:{} , Loss:{:.4f}".format(epoch, loss.item()))
        loss.backward()
        with torch.no_grad():
            for w in (w1, w2):
                w -= 1e-6 * w.grad
                w.grad = None


def gradient_descent():
    x = torch.rand([50])
    y = 3 * x + 0.8
    w = torch.rand(1, requires_grad=True)
    b = torch.rand(1, requires_grad=True)
    out("初始w={},b={}".format(w, b))
    for epoch in range(3000):
        loss = (x * w + b - y).pow(2).mean()
        for i in [w, b]:
            if i.grad is not None:
                i.grad.data.zero_()
        loss.backward()
        if epoch % 500 == 0:
            out(epoch, loss.data)
        w.data -= 0.01 * w.grad.data
        b.data -= 0.01 * b.grad.data
    out("w", w)
    out("b", b)


def views():
    y = torch.tensor([1, 2, 3, 4, 5, 7, 8]).float()
    for v in (y.shape, y.view(-1), y.view(-1, 1), y.view(7, 1)):
        out(v)
    out(0.5 * (1 / 3) * ((2.33 - 3.14) ** 2 + (1.07 - 0.98) ** 2 + (1.23 - 1.32) ** 2))


def accuracy():
    y_hat = torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
    y = torch.tensor([0, 2])
    right = y_hat.argmax(dim=1) == y
    for v in (y.view(-1, 1), y_hat.gather(1, y.view(-1, 1)), y_hat.argmax(dim=1), right,
              right.float(), right.float().mean(), right.float().mean().item()):
        out(v)


def rmsprop(parameters):
    return torch.optim.RMSprop(parameters, lr=1e-3)


programs = {
    "polynomial-tensors": polynomial_tensors,
    "polynomial-autograd": lambda: polynomial_tensors(True),
    "polynomial-module": lambda: polynomial_tensors(True),
    "polynomial-nn": lambda: polynomial_model(lambda p: torch.optim.SGD(p, lr=1e-6)),
    "polynomial-optim": lambda: polynomial_model(rmsprop),
    "regression-parameter": lambda: regression(Parameters),
    "regression-linear": lambda: regression(WithLinear),
    "two-layer-manual": two_layer,
    "two-layer-autograd": two_layer,
    "two-layer-module": two_layer,
    "two-layer-function": two_layer,
    "gradient-descent": gradient_descent,
    "views": views,
    "accuracy": accuracy,
}
# RMSprop divides the gradients of bias and x^2, which vanish by symmetry, by their own size: from
# about step 1,000 on their signs are rounding noise, and with them the fourth digit of the loss.
kept = {"polynomial-optim": 10}

for name, program in programs.items():
    lines.clear()
    torch.manual_seed(0)
    program()
    with open(os.path.join(sys.argv[1], name + ".txt"), "w") as file:
        file.write("\n".join(lines[: kept.get(name)]) + "\n")
