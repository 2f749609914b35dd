"""A small GPT and an encoder of sentences."""
import torch
import torch.nn.functional as F
from torch import nn

from rows import row, without_grad


class GPTBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(384), nn.LayerNorm(384)
        self.qkv, self.proj = nn.Linear(384, 3 * 384, bias=False), nn.Linear(384, 384, bias=False)
        self.fc, self.fc2 = nn.Linear(384, 4 * 384, bias=False), nn.Linear(4 * 384, 384, bias=False)

    def forward(self, x, cache, start):
        n, t, _ = x.shape
        q, k, v = (y.view(n, t, 6, 64).transpose(1, 2) for y in self.qkv(self.ln1(x)).split(384, 2))
        if cache is not None:
            keys, values = cache
            keys[:, :, start:start + t] = k
            values[:, :, start:start + t] = v
            k, v = keys[:, :, :start + t], values[:, :, :start + t]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=t > 1)
        x = x + self.proj(y.transpose(1, 2).reshape(n, t, 384))
        return x + self.fc2(F.gelu(self.fc(self.ln2(x))))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(65, 384), nn.Embedding(256, 384)
        self.blocks = nn.ModuleList(GPTBlock() for _ in range(6))
        self.lnf, self.head = nn.LayerNorm(384), nn.Linear(384, 65, bias=False)

    def forward(self, ids, caches=None, start=0):
        x = self.wte(ids) + self.wpe.weight[start:start + ids.shape[1]]
        for i, block in enumerate(self.blocks):
            x = block(x, caches and caches[i], start)
        return self.head(self.lnf(x))


class EncoderBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(384, 384) for _ in range(4))
        self.l1, self.l2 = nn.LayerNorm(384), nn.LayerNorm(384)
        self.f1, self.f2 = nn.Linear(384, 4 * 384), nn.Linear(4 * 384, 384)

    def forward(self, x):
        n, t, _ = x.shape
        q, k, v = (y(x).view(n, t, 12, 32).transpose(1, 2) for y in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, 384)
        x = self.l1(x + self.o(y))
        return self.l2(x + self.f2(F.gelu(self.f1(x))))


class SentenceEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.w, self.p, self.ln = nn.Embedding(30522, 384), nn.Embedding(512, 384), nn.LayerNorm(384)
        self.layers = nn.Sequential(*(EncoderBlock() for _ in range(6)))

    def forward(self, ids):
        return self.layers(self.ln(self.w(ids) + self.p.weight[:ids.shape[1]])).mean(1)


def gpt_training(name, batch):
    @row(name)
    def _():
        model = GPT()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        x, y = torch.randint(65, (batch, 256)), torch.randint(65, (batch, 256))
        def body():
            loss = F.cross_entropy(model(x).view(-1, 65), y.view(-1))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return model.wte.weight.grad
        return body


gpt_training("B6-gpt-train", 4)
gpt_training("B6-gpt-train-quarter", 1)
gpt_training("B6-gpt-train-x4", 16)


@row("B6-gpt-prefill")
def _():
    model, x = GPT().eval(), torch.randint(65, (1, 256))
    return lambda: without_grad(lambda: model(x))


@row("B6-gpt-generate")
def _():
    model, prompt, token = GPT().eval(), torch.randint(65, (1, 128)), torch.randint(65, (1, 1))
    caches = [(torch.zeros(1, 6, 256, 64), torch.zeros(1, 6, 256, 64)) for _ in range(6)]
    without_grad(lambda: model(prompt, caches))
    return lambda: without_grad(lambda: model(token, caches, 128))


for batch in (1, 32):
    @row(f"B8-encoder-{batch}")
    def _(batch=batch):
        model, ids = SentenceEncoder().eval(), torch.randint(30522, (batch, 128))
        return lambda: without_grad(lambda: model(ids))
