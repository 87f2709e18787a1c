# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From a picture file to the input of the network, step by step as

    ptqimagesrc ! ptqconvert ! ptqresize mode=shorter-side method=linear
      width=112 height=112 ! ptqcrop width=96 height=96
      ! ptqnormalize preset=imagenet
"""
import cv2
import numpy as np
from PIL import Image

RESIZE = 112
CROP = 96
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def resize_shorter_side(pixels, size):
    height, width = pixels.shape[:2]
    short, long = sorted((width, height))
    longer = int(size * long / short)
    target = (size, longer) if width <= height else (longer, size)
    return cv2.resize(pixels, target, interpolation=cv2.INTER_LINEAR)


def crop_centre(pixels, size):
    top = (pixels.shape[0] - size) // 2
    left = (pixels.shape[1] - size) // 2
    return pixels[top:top + size, left:left + size]


def normalize(pixels):
    """(..., rows, columns, RGB) of bytes to (..., RGB, rows, columns)."""
    values = (pixels.astype(np.float32) / 255 - MEAN) / STD
    return np.ascontiguousarray(np.moveaxis(values, -1, -3))


def load(file, crop=CROP):
    """A picture file as bytes, rows x columns x RGB, before normalize."""
    pixels = np.asarray(Image.open(file).convert("RGB"))
    return crop_centre(resize_shorter_side(pixels, RESIZE), crop)
