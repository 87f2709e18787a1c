# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draws training pictures, trains the network and writes hardswish.onnx.

usage: train.py [hardswish.onnx]

Needs what ../demo/train.py needs, and draws the same pictures.
"""
import pathlib
import sys

import onnx
import torch

HERE = pathlib.Path(__file__).parent
# behind this folder, whose modules of the same names come first
sys.path.append(str(HERE.parent / "demo"))

import layers  # noqa: E402
import preprocess  # noqa: E402
import shapes  # noqa: E402
import training  # noqa: E402
from export import to_onnx  # noqa: E402
from network import Network  # noqa: E402

THREADS = 1
# Edge of the pictures in each epoch: small ones first, to save time
SIZES = [64] * 16 + [preprocess.CROP] * 5
FINE_SIZES = [preprocess.CROP] * 5
LEARNING_RATE = 5e-3
FINE_LEARNING_RATE = 2e-3
UNBALANCED_EVERY = 16
UNBALANCE = 16


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else HERE / "hardswish.onnx"
    torch.set_num_threads(THREADS)
    torch.manual_seed(training.SEED)
    network = Network(len(shapes.CLASSES))
    pictures = training.draw_all(network)
    training.train(network, *pictures, SIZES, LEARNING_RATE)
    for block in network.blocks:
        if block.expand:
            layers.unbalance(block.expand, block.depthwise, UNBALANCED_EVERY,
                             UNBALANCE)
    training.train(network, *pictures, FINE_SIZES, FINE_LEARNING_RATE)
    network.eval()
    onnx.save(to_onnx(network, preprocess.CROP, shapes.CLASSES), target)


if __name__ == "__main__":
    main()
