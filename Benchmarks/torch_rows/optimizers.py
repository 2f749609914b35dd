"""Optimizers."""
import torch

from rows import row


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
