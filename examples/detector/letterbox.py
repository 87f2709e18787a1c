# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From a picture file to the input of the detector, step by step as

    ptqimagesrc ! ptqconvert ! ptqresize mode=letterbox method=linear
      width=96 height=96 ! ptqnormalize preset=zero-one

and from places in the picture to places in the input.
"""
import cv2
import numpy as np
from PIL import Image

SIZE = 96
FILL = 114


def load(file):
    """The picture as bytes, rows x columns x RGB, and what places in it are to
    be multiplied with and have added, both (x, y, x, y)."""
    pixels = np.asarray(Image.open(file).convert("RGB"))
    height, width = pixels.shape[:2]
    scale = min(SIZE / width, SIZE / height)
    inner = (round(width * scale), round(height * scale))
    left, top = (SIZE - inner[0]) // 2, (SIZE - inner[1]) // 2
    canvas = np.full((SIZE, SIZE, 3), FILL, np.uint8)
    canvas[top:top + inner[1], left:left + inner[0]] = cv2.resize(
        pixels, inner, interpolation=cv2.INTER_LINEAR)
    factor = (inner[0] / width, inner[1] / height) * 2
    return canvas, np.array(factor), np.array((left, top) * 2)


def normalize(pixels):
    """(..., rows, columns, RGB) of bytes to (..., RGB, rows, columns)."""
    values = pixels.astype(np.float32) / 255
    return np.ascontiguousarray(np.moveaxis(values, -1, -3))
