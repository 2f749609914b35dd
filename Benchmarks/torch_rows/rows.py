"""What rows are made of: a name, and a function that prepares operands and gives the work."""
import statistics
import time

import torch

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


@torch.no_grad()
def without_grad(body):
    return body()


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
