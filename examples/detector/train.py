# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draws training pictures, trains the detector and writes detector.onnx.

usage: train.py [detector.onnx]

Needs what ../demo/train.py needs.
"""
import io
import sys

import numpy as np
import onnx
import torch
from torch import nn

import scenes  # lets the modules of ../demo be found, too
import evaluate
import layers
import letterbox
import training
from export import to_onnx
from network import STRIDES, Network, decode, places

THREADS = 1
TRAIN_PICTURES = 4800
HELD_OUT_PICTURES = 300
EPOCHS = 28
FINE_EPOCHS = 6
LEARNING_RATE = 5e-3
FINE_LEARNING_RATE = 2e-3
# objects with a longer side up to this belong to the fine stride
FINE_SIDE = 34
BOX_WEIGHT = 5
UNBALANCED_EVERY = 8
UNBALANCE = 8


def draw_scenes(seed, count):
    """Pictures as bytes (N, rows, columns, 3), and of each the objects as
    rows of class index and box, -1 where there are fewer than the most."""
    pixels = np.empty((count, letterbox.SIZE, letterbox.SIZE, 3), np.uint8)
    objects = np.full((count, scenes.MOST, 5), -1, np.float32)
    for i, (found, data) in enumerate(scenes.draw_set(seed, count)):
        pixels[i], factor, shift = letterbox.load(io.BytesIO(data))
        for j, (index, box) in enumerate(found):
            objects[i, j] = [index, *(box * factor + shift)]
    return pixels, objects


def augment(pixels, objects, rng):
    """Each picture mirrored, turned, the colours exchanged or as in a
    negative, and its boxes with it."""
    pixels, objects = pixels.copy(), objects.copy()
    size = pixels.shape[1]
    for picture, boxes in zip(pixels, objects[..., 1:]):
        changed = picture[..., rng.permutation(3)]
        if rng.random() < 0.5:
            changed = 255 - changed
        if rng.random() < 0.5:
            changed = changed[:, ::-1]
            boxes[:, [0, 2]] = size - boxes[:, [2, 0]]
        for _ in range(rng.integers(4)):
            changed = np.rot90(changed)
            left, top, right, bottom = boxes.T.copy()
            boxes[:] = np.stack([top, size - right, bottom, size - left], 1)
        picture[:] = changed
    return pixels, objects


def assign(objects, centres, strides):
    """Which object each place is to find (N, places), -1 for none: places
    near the centre of an object, of the stride that is for its size."""
    low, high = objects[..., 1:3], objects[..., 3:5]
    near = ((low + high)[:, None] / 2 - centres[:, None]).abs().amax(-1)
    fine = (high - low).amax(-1) <= FINE_SIDE
    own = torch.where(fine, STRIDES[0], STRIDES[1])[:, None]
    good = ((near < strides) & (own == strides)
            & (objects[..., 0] >= 0)[:, None])
    best, index = torch.where(good, near, torch.inf).min(-1)
    return torch.where(best.isfinite(), index, -1)


def overlap(boxes, corners):
    """Intersection over union of boxes as decoded and boxes by corners."""
    low = boxes[:, :2] - boxes[:, 2:] / 2
    high = boxes[:, :2] + boxes[:, 2:] / 2
    inner = (torch.minimum(high, corners[:, 2:])
             - torch.maximum(low, corners[:, :2])).clamp(0).prod(1)
    area = (corners[:, 2:] - corners[:, :2]).prod(1)
    return inner / (boxes[:, 2:].prod(1) + area - inner)


def loss_of(raw, objects, centres, strides):
    chosen = assign(objects, centres, strides)
    picture, place = (chosen >= 0).nonzero(as_tuple=True)
    target = objects[picture, chosen[picture, place]]
    mine = raw[picture, place]
    fit = overlap(decode(mine, centres[place], strides[place]), target[:, 1:])
    classes = nn.functional.one_hot(target[:, 0].long(), raw.shape[-1] - 5)
    cross = nn.functional.binary_cross_entropy_with_logits
    total = (cross(raw[..., 4], (chosen >= 0).float(), reduction="sum")
             + cross(mine[:, 5:], classes.float(), reduction="sum")
             + BOX_WEIGHT * (1 - fit ** 2).sum())
    return total / max(1, len(place))


def to_tensor(pixels):
    values = torch.from_numpy(letterbox.normalize(pixels))
    return values.contiguous(memory_format=torch.channels_last)


def answers_of(objects):
    return [[(int(row[0]), row[1:]) for row in rows if row[0] >= 0]
            for rows in objects]


def train(network, pictures, held_out, epochs, learning_rate):
    rng = np.random.default_rng(training.SEED)
    centres, strides = places(letterbox.SIZE)

    def losses():
        for chosen in training.batches(len(pictures[0]), rng):
            pixels, objects = augment(*(part[chosen] for part in pictures),
                                      rng)
            yield loss_of(network(to_tensor(pixels)),
                          torch.from_numpy(objects), centres, strides)

    def measure():
        raw = torch.cat([network(to_tensor(part)) for part in
                         np.array_split(held_out[0], 5)])
        outputs = torch.cat([decode(raw, centres, strides),
                             raw[..., 4:].sigmoid()], -1).numpy()
        share, false = evaluate.measure(outputs, answers_of(held_out[1]))
        return f"{100 * share:.2f} %, {false} false"

    training.fit(network, epochs, len(pictures[0]), learning_rate,
                 lambda _: losses(), measure)


def main():
    target = (sys.argv[1] if len(sys.argv) > 1
              else scenes.HERE / "detector.onnx")
    torch.set_num_threads(THREADS)
    torch.manual_seed(training.SEED)
    network = Network(len(scenes.CLASSES))
    print(f"{layers.count_parameters(network)} parameters; drawing",
          flush=True)
    pictures = draw_scenes(training.SEED, TRAIN_PICTURES)
    held_out = draw_scenes(training.SEED + 1, HELD_OUT_PICTURES)
    train(network, pictures, held_out, range(EPOCHS), LEARNING_RATE)
    for stage in network.stages():
        for block in stage.blocks:
            layers.unbalance(block.expand, block.depthwise, UNBALANCED_EVERY,
                             UNBALANCE)
    train(network, pictures, held_out, range(FINE_EPOCHS),
          FINE_LEARNING_RATE)
    network.eval()
    with torch.no_grad():
        onnx.save(to_onnx(network, letterbox.SIZE, scenes.CLASSES), target)


if __name__ == "__main__":
    main()
