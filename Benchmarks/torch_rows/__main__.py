"""The rows of bench in PyTorch; see Sources/bench/main.swift.   python torch_rows [ROW...]"""
import importlib
import pathlib
import sys

import torch

from rows import median, rows

for family in sorted(pathlib.Path(__file__).parent.glob("[a-z]*.py")):
    importlib.import_module(family.stem)

for name, make in rows.items():
    if len(sys.argv) == 1 or any(name.startswith(word) for word in sys.argv[1:]):
        torch.manual_seed(0)
        body = make()
        result = body().detach().reshape(-1).to(torch.float64)
        print(name, median(body), result.sum().item(), result.square().sum().item(), flush=True)
