"""Matrix products."""
import torch

from rows import row


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
