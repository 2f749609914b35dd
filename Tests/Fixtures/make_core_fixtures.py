# Makes core/printing.json and core/random.json: what PyTorch prints and draws.
#
#   python make_core_fixtures.py core        (torch 2.13.0; random numbers of an x86-64 CPU with AVX2)
import json
import math
import random
import sys

import torch

torch.manual_seed(0)
rnd = random.Random(0)
cases = []


def raw(t):
    t = t.detach().contiguous()
    return t.reshape(-1).view(torch.uint8).numpy().tobytes().hex() if t.numel() else ""


def add(t, opts=None, grad=False):
    if grad:
        t = t.detach().clone().requires_grad_()
    if opts:
        torch.set_printoptions(**opts)
    text = repr(t)
    torch.set_printoptions(precision=4, threshold=1000, edgeitems=3, linewidth=80, sci_mode=None)
    case = {"dtype": str(t.dtype)[6:], "shape": list(t.shape), "hex": raw(t), "text": text}
    if grad:
        case["grad"] = True
    if opts:
        case["options"] = opts
    cases.append(case)


add(torch.tensor([[1.,2],[3,4]]))
add(torch.tensor(0.9939))
add(torch.tensor([0.8198]),grad=True)
add(torch.tensor([[2.9913]]))
for dt in (torch.float32,torch.float64,torch.float16,torch.bfloat16):
    for _ in range(14):
        nd = rnd.randint(0, 4)
        sh=[rnd.choice([0,1,2,3,4,7]) if rnd.random()<.97 else 0 for _ in range(nd)]
        if math.prod(sh)>120: sh=sh[:2]
        t=torch.randn(sh,dtype=torch.float64)*10**rnd.uniform(-6,6)
        m=rnd.random()
        if m<.25: t=t.round()
        elif m<.4: t=t**5
        t=t.to(dt)
        if t.numel() and rnd.random()<.25:
            f=t.reshape(-1)
            f[rnd.randrange(f.numel())]=rnd.choice([math.nan,math.inf,-math.inf,0.,-0.])
        add(t,grad=rnd.random()<.3)
for dt in (torch.int64,torch.int32,torch.int16,torch.int8,torch.uint8,torch.bool):
    for _ in range(5):
        nd=rnd.randint(0,3)
        sh=[rnd.choice([0,1,2,3,5]) for _ in range(nd)]
        add((torch.randn(sh)*rnd.choice([1,50,1e4])).clamp(-128,127).to(torch.int64).to(dt) if dt not in(torch.int64,torch.int32) else (torch.randn(sh,dtype=torch.float64)*10**rnd.uniform(0,9)).to(dt))
add(torch.tensor([2**62+1,-1]))
add(torch.arange(1001))
add(torch.randn(40,30))
add(torch.randn(1001))
add(torch.randn(2,30,30))
add(torch.randn(8,4,5,9))
add(torch.arange(60))
add(torch.arange(30.))
add(torch.randn(3,25))
add(torch.zeros(0))
add(torch.zeros(0,dtype=torch.int64))
add(torch.zeros(0,3))
add(torch.zeros(2,0,dtype=torch.bool))
add(torch.tensor(math.nan))
add(torch.tensor([math.nan]))
add(torch.tensor([-math.nan,1.]))
add(torch.tensor([math.inf,1.]))
add(torch.tensor([math.inf,1.5]))
add(torch.tensor([1e-5,math.inf]))
add(torch.tensor([1e9]))
add(torch.tensor([1e8]))
add(torch.tensor([1e10,1.]))
add(torch.tensor([1.5,1501.]))
add(torch.tensor([1e-4]))
add(torch.tensor([0.,-0.]))
add(torch.tensor([1e300],dtype=torch.float64))
add(torch.tensor(3.,dtype=torch.float64),grad=True)
add(torch.randn(1,70))
add(torch.randn(9),grad=True)
add(torch.randn(10),grad=True)
add(torch.randn(17,dtype=torch.float64),grad=True)
add(torch.tensor([123456789.0]))
add(torch.tensor([16777216.,3]))
for o in (dict(precision=2),dict(precision=8),dict(threshold=5),dict(threshold=5,edgeitems=1),dict(linewidth=40),dict(sci_mode=True),dict(sci_mode=False),dict(edgeitems=0,threshold=3),dict(precision=0)):
    add(torch.randn(4,7)*100,o)
    add(torch.randn(11)*1e-3,o)
    add(torch.arange(20),o)
    add(torch.arange(9.),o)

with open(sys.argv[1] + "/printing.json", "w") as file:
    json.dump({"torch": torch.__version__, "cases": cases}, file, separators=(",", ":"))

draws = {
    "rand": lambda n: torch.rand(n),
    "rand64": lambda n: torch.rand(n, dtype=torch.float64),
    "randBF16": lambda n: torch.rand(n, dtype=torch.bfloat16),
    "randn": lambda n: torch.randn(n),
    "randn64": lambda n: torch.randn(n, dtype=torch.float64),
    "randnHalf": lambda n: torch.randn(n, dtype=torch.float16),
    "randint": lambda n: torch.randint(-5, 100000, (n,)),
    "randintWide": lambda n: torch.randint(0, 2**40, (n,)),
    "randperm": lambda n: torch.randperm(n),
    "normal": lambda n: torch.normal(torch.arange(n).float(), torch.linspace(0.1, 1, n)),
    "uniform": lambda n: torch.empty(n).uniform_(-3, 5),
    "bernoulli": lambda n: torch.empty(n).bernoulli_(0.3),
    "bernoulliEach": lambda n: torch.bernoulli(torch.linspace(0, 1, n)),
    "exponential": lambda n: torch.empty(n).exponential_(1.5),
    "geometric": lambda n: torch.empty(n).geometric_(0.3),
    "cauchy": lambda n: torch.empty(n).cauchy_(0.5, 2),
    "logNormal": lambda n: torch.empty(n).log_normal_(0.1, 0.5),
    "random": lambda n: torch.empty(n, dtype=torch.int64).random_(),
    "poisson": lambda n: torch.poisson(torch.linspace(0.1, 20, n)),
    "dropout": lambda n: torch.nn.functional.dropout(torch.ones(n), 0.4),
    "alphaDropout": lambda n: torch.nn.functional.alpha_dropout(torch.linspace(-1, 1, n), 0.4, True),
    "transposedNormal": lambda n: torch.empty(n, 3).t().normal_(),
    "transposedUniform": lambda n: torch.empty(n, 3).t().uniform_(),
    "slicedUniform": lambda n: torch.zeros(n, 4)[:, ::2].uniform_(),
    "slicedNormal": lambda n: torch.zeros(n, 4)[:, ::2].normal_(),
    "transposedLike": lambda n: torch.randn_like(torch.empty(n, 3).t()),
    "transposedDropout": lambda n: torch.nn.functional.dropout(torch.ones(n, 3).t(), 0.4),
    "multinomial": lambda n: torch.multinomial(torch.linspace(0.1, 1, n), 4),
    "multinomialOne": lambda n: torch.multinomial(torch.linspace(0.1, 1, 2 * n).view(2, n), 1),
    "multinomialReplaced": lambda n: torch.multinomial(
        torch.linspace(0.1, 1, 2 * n).view(2, n), 6, replacement=True
    ),
}
table = []
for seed in (0, 42, -1):
    for name, draw in draws.items():
        for n in (5, 16, 41):
            torch.manual_seed(seed)
            t = draw(n)
            table.append(
                {
                    "seed": seed,
                    "draw": name,
                    "n": n,
                    "dtype": str(t.dtype)[6:],
                    "shape": list(t.shape),
                    "hex": raw(t),
                    "next": torch.rand(()).item(),
                }
            )
with open(sys.argv[1] + "/random.json", "w") as file:
    json.dump({"torch": torch.__version__, "cases": table}, file, separators=(",", ":"))
