#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints what OpenCV, Pillow and libjpeg make of small pictures.

    make-tables.py resize > resize-tables.h
    make-tables.py convert > convert-tables.h

Needs numpy, opencv-python, Pillow before version 13 (which resamples columns
first in some cases) and libturbojpeg. Pictures are not stored: a generator
of random numbers, the same here and in the tests, draws them.
"""
import ctypes
import ctypes.util
import io
import sys

import cv2
import numpy as np
import PIL
from PIL import Image

METHODS = [("NEAREST", cv2.INTER_NEAREST), ("LINEAR", cv2.INTER_LINEAR),
           ("CUBIC", cv2.INTER_CUBIC),
           ("LINEAR_ANTIALIAS", Image.Resampling.BILINEAR),
           ("CUBIC_ANTIALIAS", Image.Resampling.BICUBIC),
           ("AREA", cv2.INTER_AREA)]

# in width, in height, out width, out height
SIZES = [(13, 9, 7, 5), (5, 4, 9, 7), (32, 24, 9, 7), (9, 7, 9, 4),
         (12, 8, 6, 4), (8, 6, 16, 3), (10, 3, 4, 5), (31, 3, 15, 3),
         (1, 1, 3, 2), (5, 4, 1, 1)]
CHANNELS = [("U8", 1), ("U8", 3), ("U8", 4), ("F32", 1), ("F32", 3)]


def random_numbers(seed, n):
    """The linear congruential generator of Numerical Recipes."""
    state = seed
    for _ in range(n):
        state = (state * 1664525 + 1013904223) % 2**32
        yield state


def random_picture(kind, seed, height, width, channels):
    numbers = np.array(list(random_numbers(seed, height * width * channels)),
                       np.uint32).reshape(height, width, channels)
    if kind == "U8":
        return (numbers >> 24).astype(np.uint8)
    return ((numbers >> 8) / 2**22 - 2).astype(np.float32)


def resize(name, code, picture, width, height):
    if not name.endswith("ANTIALIAS"):
        out = cv2.resize(picture, (width, height), interpolation=code)
        return out.reshape(height, width, picture.shape[2])
    planes = [Image.fromarray(np.ascontiguousarray(picture[:, :, c]))
              for c in range(picture.shape[2])]
    return np.stack([np.array(plane.resize((width, height), code))
                     for plane in planes], 2)


def print_array(kind, name, values):
    form = "%d" if kind == "guint8" else "%.4ff"
    print(f"static const {kind} {name}[] = {{")
    line = " "
    for value in np.asarray(values).reshape(-1):
        text = " " + form % value + ","
        if len(line) + len(text) > 79:
            print(line)
            line = " "
        line += text
    print(line.rstrip(",") + "\n};")


def print_resize():
    rows = []
    for size in SIZES:
        for kind, channels in CHANNELS:
            for name, code in METHODS:
                seed = len(rows) + 1
                picture = random_picture(kind, seed, size[1], size[0],
                                         channels)
                out = resize(name, code, picture, size[2], size[3])
                print_array("guint8" if kind == "U8" else "gfloat",
                            f"resize_{seed}", out)
                rows.append(f"  {{PTQ_RESIZE_{name}, PTQ_SAMPLE_{kind}, "
                            f"{channels}, {size[0]}, {size[1]}, {size[2]}, "
                            f"{size[3]},\n    {seed}, resize_{seed}}},")
    print("\nstatic const struct\n{\n  PtqResizeMethod method;\n"
          "  PtqSampleType type;\n  guint channels;\n"
          "  guint in_width, in_height, out_width, out_height;\n"
          "  guint seed;\n  gconstpointer expected;\n} resize_table[] = {")
    print("\n".join(rows) + "\n};\n")


def print_gray():
    colors = random_picture("U8", 1000, 1, 400, 3)
    print("/* 400 random colours, drawn with seed 1000 */")
    print_array("guint8", "gray_of_random_colors",
                cv2.cvtColor(colors, cv2.COLOR_RGB2GRAY))
    print()


def jpeg_planes(turbojpeg, data, width, height, x_shift, y_shift):
    """What is coded in a JPEG, before chroma is interpolated."""
    chroma = ((height + y_shift) >> y_shift, (width + x_shift) >> x_shift)
    luma = (chroma[0] << y_shift, chroma[1] << x_shift)
    planes = [np.zeros(shape, np.uint8) for shape in (luma, chroma, chroma)]
    pointers = (ctypes.c_void_p * 3)(*(p.ctypes.data for p in planes))
    strides = (ctypes.c_int * 3)(*(p.strides[0] for p in planes))
    turbojpeg.tjInitDecompress.restype = ctypes.c_void_p
    decoder = ctypes.c_void_p(turbojpeg.tjInitDecompress())
    accurate_dct = 4096
    status = turbojpeg.tjDecompressToYUVPlanes(
        decoder, data, ctypes.c_ulong(len(data)), pointers, width, strides,
        height, accurate_dct)
    turbojpeg.tjDestroy(decoder)
    if status != 0:
        sys.exit("TurboJPEG could not decode")
    return [planes[0][:height, :width]] + planes[1:]


def print_jpeg():
    """Small pictures coded as JPEG: the planes inside, and the colours that
    Pillow, by libjpeg, decodes."""
    turbojpeg = ctypes.CDLL(ctypes.util.find_library("turbojpeg"))
    rows = []
    for subsampling, x_shift, y_shift in (("4:4:4", 0, 0), ("4:2:2", 1, 0),
                                          ("4:2:0", 1, 1)):
        for width, height in ((11, 7), (16, 4), (5, 5), (4, 3), (1, 1)):
            name = f"jpeg_{len(rows)}"
            picture = random_picture("U8", 2000 + len(rows), height, width, 3)
            memory = io.BytesIO()
            Image.fromarray(picture).save(memory, "JPEG", quality=90,
                                          subsampling=subsampling)
            planes = jpeg_planes(turbojpeg, memory.getvalue(), width, height,
                                 x_shift, y_shift)
            for part, plane in zip(("y", "cb", "cr"), planes):
                print_array("guint8", f"{name}_{part}", plane)
            print_array("guint8", f"{name}_rgb",
                        np.array(Image.open(memory).convert("RGB")))
            rows.append(f"  {{{x_shift}, {y_shift}, {width}, {height}, "
                        f"{{{name}_y, {name}_cb, {name}_cr}},\n"
                        f"    {name}_rgb}},")
    print("\nstatic const struct\n{\n  guint x_shift, y_shift;\n"
          "  guint width, height;\n  const guint8 *planes[3];\n"
          "  const guint8 *rgb;\n} jpeg_table[] = {")
    print("\n".join(rows) + "\n};\n")


MATRICES = [("BT601", 0.299, 0.114), ("BT709", 0.2126, 0.0722),
            ("BT2020", 0.2627, 0.0593), ("FCC", 0.30, 0.11),
            ("SMPTE240M", 0.212, 0.087)]


def exact_color(yuv, kr, kb, full):
    luma, cb, cr = (float(value) for value in yuv)
    if not full:
        luma = (luma - 16) * 255 / 219
    scale = 1 if full else 255 / 224
    red = luma + 2 * (1 - kr) * (cr - 128) * scale
    blue = luma + 2 * (1 - kb) * (cb - 128) * scale
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip([red, green, blue], 0, 255)


def print_matrix():
    """From the definition: luma is the weighted sum of the colours. Colours
    that fall close to the middle of two levels are left out."""
    print("static const struct\n{\n  PtqColorMatrix matrix;\n"
          "  gboolean full_range;\n  guint8 yuv[3];\n  guint8 rgb[3];\n"
          "} matrix_table[] = {")
    numbers = (number >> 24 for number in random_numbers(3000, 10**6))
    for name, kr, kb in MATRICES:
        for full in (True, False):
            count = 0
            while count < 40:
                yuv = [next(numbers) for _ in range(3)]
                rgb = exact_color(yuv, kr, kb, full)
                if np.any(np.abs(rgb - np.floor(rgb) - 0.5) < 0.01):
                    continue
                triple = "{%d, %d, %d}" % tuple(yuv)
                color = "{%d, %d, %d}" % tuple(np.rint(rgb))
                print(f"  {{PTQ_MATRIX_{name}, {str(full).upper()}, "
                      f"{triple}, {color}}},")
                count += 1
    print("};\n")


def main():
    if int(PIL.__version__.split(".")[0]) >= 13:
        sys.exit("needs Pillow before version 13")
    print("/* Printed by make-tables.py with OpenCV "
          f"{cv2.__version__}, Pillow {PIL.__version__}, "
          f"numpy {np.__version__}. */")
    print("#pragma once\n\n#include \"ptq-image.h\"\n")
    if sys.argv[1:] == ["resize"]:
        print_resize()
    elif sys.argv[1:] == ["convert"]:
        print_gray()
        print_jpeg()
        print_matrix()
    else:
        sys.exit(__doc__)


main()
