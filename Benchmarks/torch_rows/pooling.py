"""Pooling."""
import torch
import torch.nn.functional as F

from rows import row, with_backward


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
