"""Convolutions."""
import torch

from rows import median, row


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
