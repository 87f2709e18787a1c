# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The network, a small MobileNetV3, in PyTorch for training."""
from torch import nn

from layers import ConvNorm

STEM = 16
# wide channels, channels, stride, activation, squeeze and excitation
BLOCKS = [(16, 16, 2, "relu", True),
          (64, 24, 1, "relu", False),
          (96, 24, 1, "relu", False),
          (96, 40, 2, "hardswish", True),
          (120, 40, 1, "hardswish", True),
          (128, 64, 2, "hardswish", True),
          (192, 64, 1, "hardswish", True)]
HEAD = 192
REDUCTION = 8


class Excite(nn.Module):
    """Squeeze and excitation: a factor for each channel, from the means of
    all."""

    def __init__(self, channels):
        super().__init__()
        narrow = max(8, channels // REDUCTION)
        self.reduce = nn.Conv2d(channels, narrow, 1)
        self.expand = nn.Conv2d(narrow, channels, 1)

    def forward(self, x):
        y = nn.functional.relu(self.reduce(x.mean((2, 3), True)))
        return x * nn.functional.hardsigmoid(self.expand(y))


class Block(nn.Module):
    """Inverted residual: widen, filter each channel, weigh, narrow."""

    def __init__(self, inputs, wide, outputs, stride, activation, excite):
        super().__init__()
        self.expand = (ConvNorm(inputs, wide, 1, activation=activation)
                       if wide > inputs else None)
        self.depthwise = ConvNorm(wide, wide, 3, stride, groups=wide,
                                  activation=activation)
        self.excite = Excite(wide) if excite else None
        self.project = ConvNorm(wide, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.expand(x) if self.expand else x
        y = self.depthwise(y)
        y = self.excite(y) if self.excite else y
        y = self.project(y)
        return x + y if self.residual else y


class Network(nn.Module):
    """Pictures (N, 3, H, W), normalized, to logits (N, classes)."""

    def __init__(self, classes):
        super().__init__()
        self.stem = ConvNorm(3, STEM, 3, stride=2, activation="hardswish")
        blocks = []
        channels = STEM
        for wide, outputs, stride, activation, excite in BLOCKS:
            blocks.append(Block(channels, wide, outputs, stride, activation,
                                excite))
            channels = outputs
        self.blocks = nn.ModuleList(blocks)
        self.head = ConvNorm(channels, HEAD, 1, activation="hardswish")
        self.classify = nn.Linear(HEAD, classes)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.classify(self.head(x).mean((2, 3)))
