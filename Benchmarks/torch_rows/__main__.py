"""The rows of bench in PyTorch; see Sources/bench/main.swift.

    python torch_rows SIDE [--threads N] [--peak] [ROW...]
"""
import argparse
import importlib
import json
import pathlib
import resource

import torch

from rows import median, rows

for family in sorted(pathlib.Path(__file__).parent.glob("[a-z]*.py")):
    importlib.import_module(family.stem)

parser = argparse.ArgumentParser()
parser.add_argument("side")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--peak", action="store_true")
parser.add_argument("wanted", nargs="*")
arguments = parser.parse_intermixed_args()
torch.set_num_threads(arguments.threads)
for name, make in rows.items():
    if arguments.peak and name not in arguments.wanted:
        continue
    if arguments.wanted and not any(name.startswith(word) for word in arguments.wanted):
        continue
    torch.manual_seed(0)
    body = make()
    line = {"side": arguments.side, "row": name, "threads": arguments.threads}
    if arguments.peak:
        for _ in range(5):
            body()
        line["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    else:
        result = body().detach().reshape(-1).to(torch.float64)
        line |= {"sum": result.sum().item(), "squares": result.square().sum().item()}
        del result
        line["seconds"] = median(body)
    print(json.dumps(line), flush=True)
