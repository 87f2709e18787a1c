# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draws training pictures, trains the network and writes shapes.onnx.

usage: train.py [shapes.onnx]

Needs numpy, Pillow, OpenCV, PyTorch and onnx. Took 35 minutes on two cores
that were busy with other work. The seeds are fixed, but another version of a
library, or another processor, rounds otherwise and gives another model.
"""
import pathlib
import sys

import onnx
import torch

import preprocess
import shapes
import training
from export import to_onnx
from network import Network

THREADS = 2
# Edge of the pictures in each epoch: small ones first, to save time
SIZES = [64] * 14 + [preprocess.CROP] * 4
FINE_SIZES = [preprocess.CROP] * 5
LEARNING_RATE = 4e-3
FINE_LEARNING_RATE = 2e-3
STEEP_EVERY = 32
STEEPNESS = 16


@torch.no_grad()
def steepen(network):
    """Turns a few channels of each depthwise layer into switches between 0
    and 6. Their weights are large, as those of some channels of large networks
    are, so that one scale for all channels does not fit the others."""
    for block in network.blocks:
        norm = block.depthwise.norm
        norm.weight[::STEEP_EVERY] *= STEEPNESS
        norm.bias[::STEEP_EVERY] *= STEEPNESS


def main():
    here = pathlib.Path(__file__).parent
    target = sys.argv[1] if len(sys.argv) > 1 else here / "shapes.onnx"
    torch.set_num_threads(THREADS)
    torch.manual_seed(training.SEED)
    network = Network(len(shapes.CLASSES))
    pictures = training.draw_all(network)
    training.train(network, *pictures, SIZES, LEARNING_RATE)
    steepen(network)
    training.train(network, *pictures, FINE_SIZES, FINE_LEARNING_RATE)
    network.eval()
    onnx.save(to_onnx(network, preprocess.CROP, shapes.CLASSES), target)


if __name__ == "__main__":
    main()
