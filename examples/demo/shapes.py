# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draws the pictures of the demonstration: one shape or pattern in each, with
clutter, noise, random size, place, turn and colour.

Run as a program it writes calibrate/, evaluate/ and labels.csv beside itself,
the same bytes each time with the same Pillow and libjpeg.
"""
import csv
import io
import math
import pathlib
import shutil

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

CALIBRATE = 60
EVALUATE = 240
SEED = 20


# A shape is a list of polygons in a square from -1 to 1, each with 1 to draw
# or 0 to take away.

def regular(corners, radius=1.0, start=-math.pi / 2):
    angles = start + 2 * math.pi * np.arange(corners) / corners
    return radius * np.stack([np.cos(angles), np.sin(angles)], 1)


def box(left, top, right, bottom):
    return np.array([[left, top], [right, top], [right, bottom],
                     [left, bottom]], float)


def disc():
    return [(regular(48), 1)]


def ring():
    return [(regular(48), 1), (regular(48, 0.55), 0)]


def crescent():
    return [(regular(48), 1), (regular(48, 0.85) + [0.5, 0], 0)]


def triangle():
    return [(regular(3), 1)]


def square():
    return [(box(-0.8, -0.8, 0.8, 0.8), 1)]


def pentagon():
    return [(regular(5), 1)]


def star():
    points = regular(10)
    points[1::2] *= 0.45
    return [(points, 1)]


def cross():
    return [(box(-0.3, -1, 0.3, 1), 1), (box(-1, -0.3, 1, 0.3), 1)]


def heart():
    t = np.linspace(0, 2 * math.pi, 60, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t)
         - np.cos(4 * t))
    return [(np.stack([x, -y], 1) / 17, 1)]


def arrow():
    return [(np.array([[1, 0], [0.2, -0.8], [0.2, -0.3], [-1, -0.3],
                       [-1, 0.3], [0.2, 0.3], [0.2, 0.8]]), 1)]


def stripes():
    return [(box(-0.9, y, 0.9, y + 0.26), 1)
            for y in np.arange(4) * 0.5 - 0.88]


def checks():
    return [(box(x, y, x + 0.45, y + 0.45) - 0.9, 1)
            for i, x in enumerate(np.arange(4) * 0.45)
            for j, y in enumerate(np.arange(4) * 0.45) if (i + j) % 2]


SHAPES = [disc, ring, crescent, triangle, square, pentagon, star, cross,
          heart, arrow, stripes, checks]
CLASSES = [shape.__name__ for shape in SHAPES]


def random_transform(rng, radius):
    """Turn, mirror, squeeze and shear; the result spans about radius."""
    turn = rng.uniform(0, 2 * math.pi)
    squeeze = math.exp(rng.uniform(-0.2, 0.2))
    rotate = np.array([[math.cos(turn), -math.sin(turn)],
                       [math.sin(turn), math.cos(turn)]])
    skew = np.array([[squeeze, rng.uniform(-0.2, 0.2)], [0, 1 / squeeze]])
    return radius * (rotate @ skew @ np.diag([rng.choice([-1, 1]), 1]))


def shape_mask(shape, transform, centre, size, level=255):
    """Coverage of a shape, smoothed by drawing it at twice the size."""
    mask = Image.new("L", (2 * size[0], 2 * size[1]))
    draw = ImageDraw.Draw(mask)
    for points, value in shape():
        placed = 2 * (points @ transform.T + centre)
        draw.polygon([tuple(p) for p in placed], fill=level * value)
    return mask.reduce(2)


def line_mask(rng, size, level=255):
    mask = Image.new("L", size)
    start = rng.uniform(0, size)
    end = start + rng.normal(0, min(size) / 3, 2)
    ImageDraw.Draw(mask).line([*start, *end], fill=level,
                              width=int(rng.integers(1, 4)))
    return mask


def random_colour(rng):
    return rng.uniform(0, 255, 3).astype(np.float32)


def contrasting_colour(rng, background, distance):
    while True:
        colour = random_colour(rng)
        if np.abs(colour - background).mean() > distance:
            return colour


def texture(rng, size, colour, fade, blotches):
    """A colour that fades into another across the picture, with soft blotches:
    a few random values enlarged."""
    turn = rng.uniform(0, 2 * math.pi)
    x = np.linspace(-math.cos(turn), math.cos(turn), size[0])
    y = np.linspace(-math.sin(turn), math.sin(turn), size[1])
    t = (x + y[:, None]).astype(np.float32)[..., None] / 2.83 + 0.5
    cells = rng.integers(3, 12)
    coarse = rng.normal(0, blotches, (cells, cells)).astype(np.float32)
    soft = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    change = rng.normal(0, fade, 3).astype(np.float32)
    return to_image(colour + change * t + np.asarray(soft)[..., None])


def to_image(values):
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def paste_colour(rng, picture, mask):
    colour = tuple(int(value) for value in random_colour(rng))
    picture.paste(colour, mask=mask)


def scatter(rng, picture, count):
    """Clutter: small shapes of any class and bits of line, anywhere."""
    size = picture.size
    for _ in range(count):
        level = int(rng.integers(100, 256))
        if rng.random() < 0.5:
            shape = SHAPES[rng.integers(len(SHAPES))]
            radius = min(size) * rng.uniform(0.03, 0.09)
            transform = random_transform(rng, radius)
            mask = shape_mask(shape, transform, rng.uniform(0, size), size,
                              level)
        else:
            mask = line_mask(rng, size, level)
        paste_colour(rng, picture, mask)


def random_size(rng):
    short = int(rng.integers(104, 161))
    size = [short, int(short * rng.uniform(1, 1.35))]
    if rng.random() < 0.6:
        size.reverse()
    return tuple(size)


def paint(rng, class_index):
    """A picture without blur and noise."""
    size = random_size(rng)
    short = min(size)
    back = random_colour(rng)
    picture = texture(rng, size, back, 40, rng.uniform(0, 30))
    scatter(rng, picture, rng.integers(0, 12))

    centre = np.array(size) / 2 + rng.uniform(-0.09, 0.09, 2) * short
    transform = random_transform(rng, short * rng.uniform(0.15, 0.34))
    mask = shape_mask(SHAPES[class_index], transform, centre, size)
    front = contrasting_colour(rng, back, 35)
    picture.paste(texture(rng, size, front, 25, rng.uniform(0, 20)),
                  mask=mask)
    for _ in range(rng.integers(0, 3)):
        paste_colour(rng, picture, line_mask(rng, size))
    return picture


def photograph(rng, picture):
    """A picture, blurred and with noise, as the bytes of a JPEG file."""
    picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.4)))
    pixels = np.asarray(picture, np.float32)
    noise = rng.standard_normal(pixels.shape, np.float32)
    file = io.BytesIO()
    to_image(pixels + noise * rng.uniform(0, 22)).save(
        file, "JPEG", quality=int(rng.integers(55, 91)))
    return file.getvalue()


def draw_set(seed, count):
    """Yields (class index, JPEG bytes), the classes in turn. Picture i of a
    seed is the same however many are drawn."""
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        yield i % len(CLASSES), photograph(
            rng, paint(rng, i % len(CLASSES)))


def write_set(folder, prefix, seed, count, labels):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for i, (class_index, data) in enumerate(draw_set(seed, count)):
        name = f"{prefix}{i:03d}.jpg"
        (folder / name).write_bytes(data)
        labels.writerow([name, class_index, CLASSES[class_index]])


def main():
    here = pathlib.Path(__file__).parent
    with open(here / "labels.csv", "w", newline="") as file:
        labels = csv.writer(file, lineterminator="\n")
        labels.writerow(["file", "class_index", "name"])
        write_set(here / "calibrate", "c", SEED, CALIBRATE, labels)
        write_set(here / "evaluate", "e", SEED + 1, EVALUATE, labels)


if __name__ == "__main__":
    main()
