# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains a network to tell the shapes apart."""
import io
import time

import cv2
import numpy as np
import torch
from torch import nn

import preprocess
import shapes
from layers import count_parameters

TRAIN_PICTURES = 4800
HELD_OUT_PICTURES = 960
BATCH = 64
WEIGHT_DECAY = 0.02
SEED = 1


def draw_pixels(seed, count, crop):
    """Pictures as bytes (N, crop, crop, 3) and their class indices."""
    pixels = np.empty((count, crop, crop, 3), np.uint8)
    labels = np.empty(count, np.int64)
    for i, (label, data) in enumerate(shapes.draw_set(seed, count)):
        pixels[i] = preprocess.load(io.BytesIO(data), crop)
        labels[i] = label
    return pixels, labels


def draw_all(network):
    """The pictures to train with and those held out to measure with."""
    print(f"{count_parameters(network)} parameters; drawing "
          f"{TRAIN_PICTURES + HELD_OUT_PICTURES} pictures", flush=True)
    return (draw_pixels(SEED, TRAIN_PICTURES, preprocess.RESIZE),
            draw_pixels(SEED + 1, HELD_OUT_PICTURES, preprocess.CROP))


def augment(pixels, rng):
    """Another cut-out of each picture, mirrored, turned, the colours
    exchanged or as in a negative."""
    room = pixels.shape[1] - preprocess.CROP
    batch = np.empty((len(pixels), preprocess.CROP, preprocess.CROP, 3),
                     np.uint8)
    for i, picture in enumerate(pixels):
        top, left = rng.integers(0, room + 1, 2)
        picture = picture[top:top + preprocess.CROP,
                          left:left + preprocess.CROP]
        picture = np.rot90(picture, rng.integers(4))
        picture = picture[:, ::-1] if rng.random() < 0.5 else picture
        batch[i] = picture[..., rng.permutation(3)]
        if rng.random() < 0.5:
            batch[i] = 255 - batch[i]
    return batch


def shrink(pixels, size):
    return np.stack([cv2.resize(picture, (size, size),
                                interpolation=cv2.INTER_AREA)
                     for picture in pixels])


def to_tensor(pixels):
    values = torch.from_numpy(preprocess.normalize(pixels))
    return values.contiguous(memory_format=torch.channels_last)


def make_optimizer(network, learning_rate):
    """Weight decay for ordinary convolutions and the classifier only, as
    is usual: not for depthwise filters, scales and biases."""
    decayed, free = [], []
    for parameter in network.parameters():
        ordinary = parameter.dim() > 1 and parameter.shape[1] > 1
        (decayed if ordinary else free).append(parameter)
    return torch.optim.AdamW([
        {"params": decayed, "weight_decay": WEIGHT_DECAY},
        {"params": free, "weight_decay": 0.0}], lr=learning_rate)


def batches(count, rng):
    """The numbers below count, shuffled, in parts of about BATCH."""
    return np.array_split(rng.permutation(count), count // BATCH)


def fit(network, epochs, pictures, learning_rate, losses, measure):
    """For each of the epochs, makes the losses small that losses (epoch)
    yields, one for each batch, and prints what measure () says."""
    network.to(memory_format=torch.channels_last)
    steps = pictures // BATCH
    optimizer = make_optimizer(network, learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, pct_start=0.2,
        total_steps=len(epochs) * steps)
    start = time.monotonic()
    for number, epoch in enumerate(epochs, 1):
        network.train()
        total = 0.0
        for loss in losses(epoch):
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        network.eval()
        with torch.no_grad():
            result = measure()
        print(f"epoch {number:2d}  loss {total / steps:.4f}  held out "
              f"{result}  {time.monotonic() - start:.0f} s", flush=True)


def accuracy(network, pixels, labels):
    right = 0
    for i in range(0, len(pixels), BATCH):
        logits = network(to_tensor(pixels[i:i + BATCH]))
        right += (logits.argmax(1).numpy() == labels[i:i + BATCH]).sum()
    return right / len(pixels)


def train(network, pictures, held_out, sizes, learning_rate):
    """Trains for an epoch with pictures of each of the sizes."""
    rng = np.random.default_rng(SEED)
    pixels, labels = pictures

    def losses(size):
        for chosen in batches(len(pixels), rng):
            batch = shrink(augment(pixels[chosen], rng), size)
            yield nn.functional.cross_entropy(
                network(to_tensor(batch)), torch.from_numpy(labels[chosen]))

    fit(network, sizes, len(pixels), learning_rate, losses,
        lambda: f"{100 * accuracy(network, *held_out):.2f} %")
