# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The network, a small MobileNetV2, in PyTorch for training."""
from torch import nn

from layers import ConvNorm, count_parameters

STEM = 16
# expansion, channels, repeats, stride of the first
STAGES = [(1, 16, 1, 2), (4, 24, 1, 1), (4, 32, 2, 2), (4, 64, 2, 2),
          (4, 96, 1, 1)]
HEAD = 256


class Block(nn.Module):
    """Inverted residual: widen, filter each channel, narrow."""

    def __init__(self, inputs, outputs, expansion, stride):
        super().__init__()
        wide = inputs * expansion
        self.expand = (ConvNorm(inputs, wide, 1, activation="relu6")
                       if expansion > 1 else None)
        self.depthwise = ConvNorm(wide, wide, 3, stride, groups=wide,
                                  activation="relu6")
        self.project = ConvNorm(wide, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.expand(x) if self.expand else x
        y = self.project(self.depthwise(y))
        return x + y if self.residual else y


class Network(nn.Module):
    """Pictures (N, 3, H, W), normalized, to logits (N, classes)."""

    def __init__(self, classes):
        super().__init__()
        self.stem = ConvNorm(3, STEM, 3, stride=2, activation="relu6")
        blocks = []
        channels = STEM
        for expansion, outputs, repeats, stride in STAGES:
            for i in range(repeats):
                blocks.append(Block(channels, outputs, expansion,
                                    stride if i == 0 else 1))
                channels = outputs
        self.blocks = nn.ModuleList(blocks)
        self.head = ConvNorm(channels, HEAD, 1, activation="relu6")
        self.classify = nn.Linear(HEAD, classes)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        x = self.head(x).mean((2, 3))
        return self.classify(x)


if __name__ == "__main__":
    print(count_parameters(Network(12)))
