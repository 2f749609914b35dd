"""Recurrent layers."""
import torch

from rows import row


@row("B7-lstm")
def _():
    model, x = torch.nn.LSTM(256, 256, 2), torch.randn(64, 32, 256)
    def body():
        with torch.no_grad():
            return model(x)[0]
    return body


@row("B7-lstm-grad")
def _():
    model, x = torch.nn.LSTM(256, 256, 2), torch.randn(64, 32, 256).requires_grad_()
    g = torch.randn(64, 32, 256)
    def body():
        model.zero_grad(set_to_none=True)
        x.grad = None
        model(x)[0].backward(g)
        return x.grad
    return body
