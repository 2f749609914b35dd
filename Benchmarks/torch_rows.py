"""The rows of bench in PyTorch; see Sources/bench/main.swift.   python torch_rows.py [ROW...]"""
import math
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

rows = {}


def row(name):
    def register(make):
        rows[name] = make
        return make
    return register


def with_backward(leaves, gradient, forward):
    def body():
        for leaf in leaves:
            leaf.grad = None
        forward().backward(gradient)
        return leaves[0].grad
    return body


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


def chain(x):
    return torch.tanh(1.5 * x + 0.5) * torch.sigmoid(x) + x * x


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


@torch.no_grad()
def without_grad(body):
    return body()


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
    return lambda: torch.rand(COUNT, generator=torch.Generator().manual_seed(0))


@row("B2-randn")
def _():
    return lambda: torch.randn(COUNT, generator=torch.Generator().manual_seed(0))


def product(name, *shapes, transposed=(False, False)):
    @row("B3-" + name)
    def _():
        a, b = (torch.randn(*s) for s in shapes)
        a, b = (x.t() if t else x for x, t in zip((a, b), transposed))
        return lambda: a @ b


for n in (8, 16, 32, 64, 128, 256, 512, 1024, 2048):
    product(f"matmul-{n}", (n, n), (n, n))
product("matmul-1024-ABt", (1024, 1024), (1024, 1024), transposed=(False, True))
product("matmul-1024-AtB", (1024, 1024), (1024, 1024), transposed=(True, False))
product("bmm-64", (64, 128, 64), (64, 64, 128))
product("matvec-1024", (1024, 1024), (1024,))
product("matvec-4096", (4096, 4096), (4096,))


def convolution(name, input_size, weight_size, **options):
    # PyTorch has two layouts; its row is the better one's.
    def case(backward):
        def make():
            x = torch.randn(input_size).requires_grad_(backward)
            w = torch.randn(weight_size).requires_grad_(backward)
            g = torch.randn_like(torch.nn.functional.conv2d(x, w, **options))
            bodies = []
            for layout in (torch.contiguous_format, torch.channels_last):
                def body(x=x.detach().to(memory_format=layout).requires_grad_(backward),
                         w=w.detach().to(memory_format=layout).requires_grad_(backward),
                         g=g.to(memory_format=layout)):
                    y = torch.nn.functional.conv2d(x, w, **options)
                    if not backward:
                        return y
                    x.grad = w.grad = None
                    y.backward(g)
                    return w.grad
                bodies.append(body)
            return min(bodies, key=median)
        return make
    row("B4-conv-" + name)(case(False))
    row("B4-conv-" + name + "-grad")(case(True))


convolution("3x3", (32, 64, 56, 56), (64, 64, 3, 3), padding=1)
convolution("3x3-small", (64, 32, 28, 28), (64, 32, 3, 3), padding=1)
convolution("7x7-stride2", (32, 3, 224, 224), (64, 3, 7, 7), stride=2, padding=3)
convolution("1x1", (32, 64, 56, 56), (256, 64, 1, 1))
convolution("depthwise", (32, 96, 56, 56), (96, 1, 3, 3), padding=1, groups=96)


@row("B7-lstm")
def _():
    model, x = torch.nn.LSTM(256, 256, 2), torch.randn(64, 32, 256)
    def body():
        with torch.no_grad():
            return model(x)[0]
    return body


@row("B7-lstm-grad")
def _():
    model, x = torch.nn.LSTM(256, 256, 2), torch.randn(64, 32, 256).requires_grad_()
    g = torch.randn(64, 32, 256)
    def body():
        model.zero_grad(set_to_none=True)
        x.grad = None
        model(x)[0].backward(g)
        return x.grad
    return body
def pooling(name, body):
    @row("B4-" + name)
    def _():
        x = torch.randn(16, 64, 112, 112)
        return lambda: body(x)

    @row("B4-" + name + "-grad")
    def _():
        x = torch.randn(16, 64, 112, 112).requires_grad_()
        return with_backward([x], torch.randn(body(x.detach()).shape), lambda: body(x))

    @row("B4-" + name + "-channels-last")
    def _():
        x = torch.randn(16, 112, 112, 64).permute(0, 3, 1, 2)
        return lambda: body(x)


pooling("max-pool-2x2", lambda x: F.max_pool2d(x, 2))
pooling("max-pool-3x3", lambda x: F.max_pool2d(x, 3, stride=2, padding=1))
pooling("avg-pool", lambda x: F.avg_pool2d(x, 2))
pooling("avg-pool-3x3", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1))
pooling("adaptive-avg-pool", lambda x: F.adaptive_avg_pool2d(x, 7))
pooling("adaptive-max-pool", lambda x: F.adaptive_max_pool2d(x, 7))


def optimizer(name, make):
    @row("B9-" + name)
    def _():
        parameters = [torch.randn(100_000).requires_grad_() for _ in range(100)]
        for parameter in parameters:
            parameter.grad = torch.randn(100_000)
        instance = make(parameters)
        def body():
            instance.step()
            return parameters[99]
        return body


optimizer("sgd-momentum", lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9))
optimizer("adam", lambda p: torch.optim.Adam(p, lr=1e-3))
optimizer("adamw", lambda p: torch.optim.AdamW(p, lr=1e-3))


def median(body):
    def seconds(count):
        start = time.perf_counter()
        for _ in range(count):
            body()
        return time.perf_counter() - start
    count = 1
    while seconds(count) < 0.01:
        count *= 2
    samples = 5 if seconds(count) > 0.1 else 15
    return statistics.median(seconds(count) / count for _ in range(samples))


for name, make in rows.items():
    if len(sys.argv) == 1 or any(name.startswith(word) for word in sys.argv[1:]):
        torch.manual_seed(0)
        body = make()
        result = body().detach().reshape(-1).to(torch.float64)
        print(name, median(body), result.sum().item(), result.square().sum().item(), flush=True)
