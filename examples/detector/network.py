# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The network, a small anchor-free detector in the manner of YOLOX, in
PyTorch for training."""
import torch
from torch import nn

from layers import ConvNorm

STRIDES = [8, 16]
WIDTHS = [12, 24, 40, 64]
HEAD = 48


def conv(inputs, outputs, kernel=1, stride=1, groups=1):
    return ConvNorm(inputs, outputs, kernel, stride, groups, "silu")


class Bottleneck(nn.Module):
    """Mixes, filters each channel, mixes again, and adds what it was given
    where that is asked for."""

    def __init__(self, channels, residual):
        super().__init__()
        self.expand = conv(channels, channels)
        self.depthwise = conv(channels, channels, 3, groups=channels)
        self.project = conv(channels, channels)
        self.residual = residual

    def forward(self, x):
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


class Stage(nn.Module):
    """Half of the channels through bottlenecks, the other half past them."""

    def __init__(self, inputs, outputs, count, residual=True):
        super().__init__()
        half = outputs // 2
        self.through = conv(inputs, half)
        self.past = conv(inputs, half)
        self.blocks = nn.ModuleList(Bottleneck(half, residual)
                                    for _ in range(count))
        self.join = conv(2 * half, outputs)

    def forward(self, x):
        y = self.through(x)
        for block in self.blocks:
            y = block(y)
        return self.join(torch.cat([y, self.past(x)], 1))


class Pyramid(nn.Module):
    """The largest values around each place, near and farther, beside what is
    there."""

    def __init__(self, channels):
        super().__init__()
        self.narrow = conv(channels, channels // 2)
        self.join = conv(channels // 2 * 3, channels)

    def forward(self, x):
        x = self.narrow(x)
        pooled = [nn.functional.max_pool2d(x, size, 1, size // 2)
                  for size in (3, 5)]
        return self.join(torch.cat([x, *pooled], 1))


class Head(nn.Module):
    """Box, score of there being an object, and scores of its classes."""

    def __init__(self, inputs, classes):
        super().__init__()
        self.stem = conv(inputs, HEAD)
        self.class_filter = conv(HEAD, HEAD, 3, groups=HEAD)
        self.class_mix = conv(HEAD, HEAD)
        self.box_filter = conv(HEAD, HEAD, 3, groups=HEAD)
        self.box_mix = conv(HEAD, HEAD)
        self.box = nn.Conv2d(HEAD, 4, 1)
        self.object = nn.Conv2d(HEAD, 1, 1)
        self.classes = nn.Conv2d(HEAD, classes, 1)
        for rare in (self.object, self.classes):
            nn.init.constant_(rare.bias, -4)

    def forward(self, x):
        x = self.stem(x)
        y = self.box_mix(self.box_filter(x))
        z = self.class_mix(self.class_filter(x))
        return torch.cat([self.box(y), self.object(y), self.classes(z)], 1)


class Network(nn.Module):
    """Pictures (N, 3, H, W) from 0 to 1, to (N, places, 4 + 1 + classes): the
    box as it is before decode, the scores before their Sigmoid."""

    def __init__(self, classes):
        super().__init__()
        first, second, fine, coarse = WIDTHS
        self.stem = conv(3, first, 3, 2)
        self.down1 = conv(first, second, 3, 2)
        self.stage1 = Stage(second, second, 1)
        self.down2 = conv(second, fine, 3, 2)
        self.stage2 = Stage(fine, fine, 2)
        self.down3 = conv(fine, coarse, 3, 2)
        self.pyramid = Pyramid(coarse)
        self.stage3 = Stage(coarse, coarse, 1, False)
        self.lateral = conv(coarse, fine)
        self.merge_fine = Stage(2 * fine, fine, 1, False)
        self.down4 = conv(fine, fine, 3, 2)
        self.merge_coarse = Stage(2 * fine, coarse, 1, False)
        self.heads = nn.ModuleList([Head(fine, classes),
                                    Head(coarse, classes)])

    def stages(self):
        return [self.stage1, self.stage2, self.stage3, self.merge_fine,
                self.merge_coarse]

    def forward(self, x):
        fine = self.stage2(self.down2(self.stage1(self.down1(self.stem(x)))))
        coarse = self.stage3(self.pyramid(self.down3(fine)))
        lateral = self.lateral(coarse)
        wide = nn.functional.interpolate(lateral, scale_factor=2)
        fine = self.merge_fine(torch.cat([wide, fine], 1))
        coarse = self.merge_coarse(torch.cat([self.down4(fine), lateral], 1))
        maps = [head(x) for head, x in zip(self.heads, (fine, coarse))]
        return torch.cat([x.flatten(2) for x in maps], 2).transpose(1, 2)


def places(size):
    """Centre (x, y) and stride of each place of the output, in its order."""
    centres, strides = [], []
    for stride in STRIDES:
        steps = (torch.arange(size // stride) + 0.5) * stride
        y, x = torch.meshgrid(steps, steps, indexing="ij")
        centres.append(torch.stack([x.flatten(), y.flatten()], 1))
        strides.append(torch.full((len(steps) ** 2, 1), float(stride)))
    return torch.cat(centres), torch.cat(strides)


def decode(raw, centres, strides):
    """Boxes (..., 4), centre and size in pixels."""
    return torch.cat([raw[..., :2] * strides + centres,
                      raw[..., 2:4].exp() * strides], -1)
