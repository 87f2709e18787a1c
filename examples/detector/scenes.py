# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draws the pictures of the detector: several shapes in each, with the box
around each of them, among clutter and noise.

Run as a program it writes calibrate/, evaluate/ and boxes.csv beside itself,
the same bytes each time with the same Pillow and libjpeg.
"""
import csv
import pathlib
import shutil
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
# behind this folder, whose modules of the same names come first
sys.path.append(str(HERE.parent / "demo"))

import shapes  # noqa: E402

CALIBRATE = 60
EVALUATE = 120
SEED = 40
MOST = 4
SHAPES = [shapes.disc, shapes.ring, shapes.triangle, shapes.square,
          shapes.star, shapes.heart]
CLASSES = [shape.__name__ for shape in SHAPES]


def outline(shape, transform, centre, size):
    """The box around a placed shape, in the picture: left, top, right,
    bottom."""
    points = np.concatenate([polygon for polygon, drawn in shape() if drawn])
    points = points @ transform.T + centre
    return np.clip([*points.min(0), *points.max(0)], 0, [*size, *size])


def touching(box, others):
    return any((np.maximum(box[:2], other[:2]) <
                np.minimum(box[2:], other[2:]) + 2).all() for other in others)


def place(rng, size, taken):
    """A shape beside those that are there: class index, transform, centre and
    box; None where no room is found."""
    short = min(size)
    for _ in range(20):
        index = int(rng.integers(len(SHAPES)))
        transform = shapes.random_transform(rng,
                                            short * rng.uniform(0.13, 0.27))
        centre = rng.uniform(0.1, 0.9, 2) * size
        box = outline(SHAPES[index], transform, centre, size)
        if not touching(box, taken):
            return index, transform, centre, box
    return None


def paint(rng):
    """A picture without blur and noise, and its (class index, box)es."""
    size = shapes.random_size(rng)
    back = shapes.random_colour(rng)
    picture = shapes.texture(rng, size, back, 40, rng.uniform(0, 30))
    shapes.scatter(rng, picture, rng.integers(0, 6))
    objects = []
    for _ in range(rng.integers(1, MOST + 1)):
        placed = place(rng, size, [box for _, box in objects])
        if placed is None:
            continue
        index, transform, centre, box = placed
        mask = shapes.shape_mask(SHAPES[index], transform, centre, size)
        front = shapes.contrasting_colour(rng, back, 35)
        picture.paste(shapes.texture(rng, size, front, 25,
                                     rng.uniform(0, 20)), mask=mask)
        objects.append((index, box))
    for _ in range(rng.integers(0, 2)):
        shapes.paste_colour(rng, picture, shapes.line_mask(rng, size))
    return picture, objects


def draw_set(seed, count):
    """Yields ((class index, box)es, JPEG bytes). Picture i of a seed is the
    same however many are drawn."""
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        picture, objects = paint(rng)
        yield objects, shapes.photograph(rng, picture)


def write_set(folder, prefix, seed, count, boxes):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for i, (objects, data) in enumerate(draw_set(seed, count)):
        name = f"{prefix}{i:03d}.jpg"
        (folder / name).write_bytes(data)
        for index, box in objects:
            boxes.writerow([name, index, CLASSES[index],
                            *(f"{side:.1f}" for side in box)])


def main():
    with open(HERE / "boxes.csv", "w", newline="") as file:
        boxes = csv.writer(file, lineterminator="\n")
        boxes.writerow(["file", "class_index", "name", "left", "top", "right",
                        "bottom"])
        write_set(HERE / "calibrate", "c", SEED, CALIBRATE, boxes)
        write_set(HERE / "evaluate", "e", SEED + 1, EVALUATE, boxes)


if __name__ == "__main__":
    main()
