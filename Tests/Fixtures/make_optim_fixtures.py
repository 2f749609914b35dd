#!/usr/bin/env python3
"""Makes optim/steps.json: five steps of every optimizer of PyTorch on a small problem.

    python Tests/Fixtures/make_optim_fixtures.py Tests/Fixtures/optim        (torch 2.13.0)

The problem is a closed loop: f(a, b) = sum((a * b - target)^2) + sum(a^4) with a of shape [2, 3] and b
of shape [3], in float32 and float64. A third parameter has no gradient. The learning rate is halved
after the third step. `Tests/DescentOptimTests/OptimizersTests.swift` does the same and compares.
"""
import json
import pathlib
import sys

import torch

torch.set_num_threads(1)
A = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]
B = [1.0, -2.0, 0.5]
TARGET = [[1.0, 0.0, -1.0], [0.5, 2.0, 0.25]]
BETAS = [0.8, 0.95]

CASES = [
    ("SGD", {"lr": 0.02}),
    ("SGD", {"lr": 0.001, "weight_decay": 0.1, "maximize": True}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "dampening": 0.25, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.001, "momentum": 0.9, "nesterov": True, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.05, "betas": BETAS, "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "betas": BETAS, "amsgrad": True, "maximize": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "betas": BETAS, "eps": 1e-3, "weight_decay": 0.5}),
    ("AdamW", {"lr": 0.05, "betas": BETAS, "amsgrad": True, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1, "momentum": 0.8}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "centered": True, "maximize": True}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "centered": True, "momentum": 0.8}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.2, "weight_decay": 0.1, "initial_accumulator_value": 0.5,
                 "eps": 1e-3, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.05, "betas": BETAS, "eps": 1e-3, "weight_decay": 0.1, "maximize": True}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.05, "betas": BETAS, "eps": 1e-3, "weight_decay": 0.1,
               "momentum_decay": 0.02}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.5, "decoupled_weight_decay": True, "maximize": True}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.01, "betas": BETAS, "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.001, "betas": [0.8, 0.9], "weight_decay": 0.5, "eps": 1e-3,
               "decoupled_weight_decay": True, "maximize": True}),
    ("ASGD", {"lr": 0.02}),
    ("ASGD", {"lr": 0.02, "lambd": 0.5, "alpha": 0.5, "t0": 2, "weight_decay": 0.1}),
    ("ASGD", {"lr": 0.001, "t0": 1, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.5, "etas": [0.25, 1.5], "step_sizes": [0.01, 0.6]}),
    ("Rprop", {"lr": 0.01, "maximize": True}),
]


def run(name, options, dtype):
    a = torch.tensor(A, dtype=dtype, requires_grad=True)
    b = torch.tensor(B, dtype=dtype, requires_grad=True)
    idle = torch.tensor([7.0], dtype=dtype, requires_grad=True)
    target = torch.tensor(TARGET, dtype=dtype)
    optimizer = getattr(torch.optim, name)([a, idle, b], **options)
    losses = []
    for step in range(5):
        if step == 3:
            optimizer.param_groups[0]["lr"] /= 2
        optimizer.zero_grad()
        loss = ((a * b - target) ** 2).sum() + (a ** 4).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert idle.item() == 7
    numbers = losses + a.flatten().tolist() + b.tolist()
    assert all(abs(x) < 1e4 for x in numbers), (name, options, numbers)
    state = optimizer.state_dict()["state"]
    return numbers, sorted(key for key, value in state.get(0, {}).items() if value is not None)


cases = []
for name, options in CASES:
    for dtype in (torch.float32, torch.float64):
        digits = 9 if dtype == torch.float32 else 17
        numbers, state = run(name, options, dtype)
        cases.append({
            "name": name, "options": options, "dtype": str(dtype)[6:], "state": state,
            "numbers": [float(f"{x:.{digits}g}") for x in numbers],
        })
lines = ",\n".join(json.dumps(case) for case in cases)
path = pathlib.Path(sys.argv[1])
path.mkdir(exist_ok=True)
(path / "steps.json").write_text(f'{{"torch": "{torch.__version__}", "cases": [\n{lines}\n]}}\n')
