# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the networks of the examples are made of, in PyTorch."""
import torch
from torch import nn

ACTIVATIONS = {"": lambda x: x,
               "relu": nn.functional.relu,
               "relu6": nn.functional.relu6,
               "hardswish": nn.functional.hardswish,
               "silu": nn.functional.silu}


class ConvNorm(nn.Module):
    """Convolution, BatchNorm and the activation of a name, "" for none."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1,
                 activation=""):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2,
                              groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.activation = activation

    def forward(self, x):
        return ACTIVATIONS[self.activation](self.norm(self.conv(x)))


def count_parameters(network):
    return sum(p.numel() for p in network.parameters())


@torch.no_grad()
def unbalance(before, depthwise, every, factor):
    """Makes what some channels hand to a depthwise layer small, and their
    filters in it large in turn, as those of some channels of large networks
    are, so that one scale for all channels does not fit the others. Behind a
    Relu this changes nothing; behind another activation it does, and training
    has to go on."""
    for values in (before.norm.weight, before.norm.bias):
        values[::every] /= factor
    depthwise.norm.running_mean[::every] /= factor
    depthwise.norm.running_var[::every] /= factor ** 2
