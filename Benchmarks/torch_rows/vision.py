"""Models of vision: LeNet-5 and ResNet-18 (He et al. 2015)."""
import copy

import torch
from torch import nn
from torch.nn import functional as F

from rows import median, row


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.f1, self.f2, self.f3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        y = F.max_pool2d(F.relu(self.c1(x)), 2)
        y = F.max_pool2d(F.relu(self.c2(y)), 2)
        return self.f3(F.relu(self.f2(F.relu(self.f1(y.flatten(1))))))


class ResidualBlock(nn.Module):
    def __init__(self, channels, outputs, stride):
        super().__init__()
        self.c1 = nn.Conv2d(channels, outputs, 3, stride, 1, bias=False)
        self.b1 = nn.BatchNorm2d(outputs)
        self.c2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.b2 = nn.BatchNorm2d(outputs)
        self.shortcut = None
        if stride != 1 or channels != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.b2(self.c2(F.relu(self.b1(self.c1(x)))))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
            nn.MaxPool2d(3, 2, 1))
        blocks, channels = [], 64
        for outputs, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
            blocks += [ResidualBlock(channels, outputs, stride), ResidualBlock(outputs, outputs, 1)]
            channels = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(512, 1000)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


def better_layout(model, images, body_of):
    # A copy of the model for each of PyTorch's layouts; the row is the better one's, run anew.
    def body(layout):
        return body_of(copy.deepcopy(model).to(memory_format=layout),
                       images.to(memory_format=layout))
    layouts = (torch.contiguous_format, torch.channels_last)
    return body(min(layouts, key=lambda layout: median(body(layout))))


def training(labels, **options):
    def body_of(model, images):
        optimizer = torch.optim.SGD(model.parameters(), **options)
        def body():
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss
        return body
    return body_of


@row("B5-lenet-train")
def _():
    model, images = LeNet(), torch.randn(64, 1, 28, 28)
    return better_layout(model, images, training(torch.randint(10, (64,)), lr=0.1))


@row("B5-resnet18-train")
def _():
    model, images = ResNet18(), torch.randn(8, 3, 64, 64)
    return better_layout(model, images, training(torch.randint(1000, (8,)), lr=0.01, momentum=0.9))


@row("B5-resnet18-inference")
def _():
    def body_of(model, images):
        @torch.no_grad()
        def body():
            return model(images)
        return body
    return better_layout(ResNet18().eval(), torch.randn(1, 3, 224, 224), body_of)
