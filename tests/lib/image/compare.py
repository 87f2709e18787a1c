#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares the kernels of lib/image with OpenCV, Pillow and libjpeg.

    compare.py build/lib/libptq.so [--rounds=N] [--seed=N] [PICTURE ...]

Random pictures, sizes and channels, and the pictures named, if any. Prints
the greatest difference and the share of samples that differ, for each kernel;
exits with 1 where a difference exceeds what the documentation promises.
Needs numpy, opencv-python, Pillow before version 13 and, for JPEG,
libturbojpeg. (Pillow 13 resamples columns first in some cases, Pillow 12 does
so with pictures a hundred times as high as wide; see resize-pillow.c.)
"""
import argparse
import ctypes
import ctypes.util
import io
import sys

import cv2
import numpy as np
from PIL import Image

METHODS = ["nearest", "linear", "cubic", "linear-antialias",
           "cubic-antialias", "area"]
OPENCV = {"nearest": cv2.INTER_NEAREST, "linear": cv2.INTER_LINEAR,
          "cubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA}
PILLOW = {"linear-antialias": Image.BILINEAR,
          "cubic-antialias": Image.BICUBIC}
FORMATS = ["RGB", "BGR", "RGBX", "BGRX", "XRGB", "XBGR", "RGBP", "GRAY8",
           "GRAY16_LE", "GRAY16_BE", "I420", "YV12", "NV12", "NV21", "YUY2",
           "UYVY", "Y42B", "Y444"]


class PtqImage(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("type", ctypes.c_int),
                ("width", ctypes.c_uint), ("height", ctypes.c_uint),
                ("channels", ctypes.c_uint), ("stride", ctypes.c_size_t)]


class PtqPixelInfo(ctypes.Structure):
    _fields_ = [("format", ctypes.c_int), ("width", ctypes.c_uint),
                ("height", ctypes.c_uint), ("matrix", ctypes.c_int),
                ("full_range", ctypes.c_int), ("chroma_site", ctypes.c_int)]


class PtqPlanes(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p * 4), ("stride", ctypes.c_size_t * 4)]


def load(path):
    lib = ctypes.CDLL(path)
    lib.ptq_resizer_new.restype = ctypes.c_void_p
    lib.ptq_converter_new.restype = ctypes.c_void_p
    return lib


def view(array):
    """A PtqImage on an array of rows, columns and channels."""
    height, width, channels = array.shape
    kind = 0 if array.dtype == np.uint8 else 1
    return PtqImage(array.ctypes.data, kind, width, height, channels,
                    array.strides[0])


def with_gap(shape, dtype, gap):
    """An array whose rows have @gap samples between them."""
    height, width, channels = shape
    rows = np.zeros((height, width * channels + gap), dtype)
    return np.lib.stride_tricks.as_strided(
        rows, shape, (rows.strides[0], channels * rows.itemsize,
                      rows.itemsize))


def resize(lib, method, array, width, height, gap=0):
    padded = with_gap(array.shape, array.dtype, gap)
    padded[:] = array
    out = with_gap((height, width, array.shape[2]), array.dtype, gap)
    resizer = lib.ptq_resizer_new(
        METHODS.index(method), view(padded).type, array.shape[2],
        array.shape[1], array.shape[0], width, height, None)
    lib.ptq_resizer_process(ctypes.c_void_p(resizer),
                            ctypes.byref(view(padded)),
                            ctypes.byref(view(out)))
    lib.ptq_resizer_free(ctypes.c_void_p(resizer))
    return np.array(out)


def resize_reference(method, array, width, height):
    if method in OPENCV:
        out = cv2.resize(array, (width, height), interpolation=OPENCV[method])
        return out.reshape(height, width, array.shape[2])
    planes = []
    for c in range(array.shape[2]):
        plane = Image.fromarray(np.ascontiguousarray(array[:, :, c]))
        planes.append(np.array(plane.resize((width, height),
                                            PILLOW[method])))
    return np.stack(planes, 2)


class Worst:
    """Greatest difference and share of differing samples, by kernel."""

    def __init__(self):
        self.figures = {}
        self.failed = False

    def add(self, name, got, expected, allowed, scale=1.0):
        difference = np.abs(got.astype(np.float64) - expected) / scale
        worst = float(difference.max())
        figure = self.figures.setdefault(name, [0.0, 0, 0, allowed])
        figure[0] = max(figure[0], worst)
        figure[1] += int(np.count_nonzero(difference > 0))
        figure[2] += difference.size
        if worst > allowed:
            self.failed = True
        return worst <= allowed

    def print(self):
        print(f"{'kernel':32} {'worst':>10} {'allowed':>9} {'differ':>9}")
        for name, (worst, count, size, allowed) in sorted(
                self.figures.items()):
            print(f"{name:32} {worst:10.3g} {allowed:9.2g} "
                  f"{100.0 * count / size:8.3f}%")


def compare_resize(lib, worst, array, width, height, gap):
    for method in METHODS:
        got = resize(lib, method, array, width, height, gap)
        expected = resize_reference(method, array, width, height)
        kind = "u8" if array.dtype == np.uint8 else "f32"
        if method == "nearest":
            allowed = 0
        elif kind == "f32":
            allowed = 1e-4
        else:
            allowed = 1 if method in ("cubic", "area") else 0
        value_range = 1.0 if kind == "u8" else 4.0
        if not worst.add(f"resize {method} {kind}", got, expected, allowed,
                         value_range):
            print(f"{method} {kind}: {array.shape} to {height}x{width}")


def compare_random(lib, worst, rng, rounds):
    for _ in range(rounds):
        height, width, out_height, out_width = (
            int(rng.choice([rng.integers(1, 9), rng.integers(1, 80),
                            rng.integers(80, 400)])) for _ in range(4))
        if height > 100 * width:
            continue
        channels = int(rng.integers(1, 5))
        shape = (height, width, channels)
        if rng.random() < 0.5:
            array = rng.integers(0, 256, shape, dtype=np.uint8)
        else:
            array = rng.uniform(-2, 2, shape).astype(np.float32)
        compare_resize(lib, worst, array, out_width, out_height,
                       int(rng.integers(0, 7)))


def plane_arrays(name, luma, cb, cr):
    """Memory of a YUV format, plane by plane."""
    chroma = np.stack([cb, cr], 2)
    if name in ("YUY2", "UYVY"):
        height, width = luma.shape
        packed = np.zeros((height, (width + 1) // 2, 4), np.uint8)
        first = 0 if name == "YUY2" else 1
        packed[:, :, first] = luma[:, 0::2]
        packed[:, : width // 2, first + 2] = luma[:, 1::2]
        packed[:, :, 1 - first] = cb
        packed[:, :, 3 - first] = cr
        return [packed.reshape(height, -1)]
    return {"I420": [luma, cb, cr], "Y42B": [luma, cb, cr],
            "Y444": [luma, cb, cr], "YV12": [luma, cr, cb],
            "NV12": [luma, chroma.reshape(cb.shape[0], -1)],
            "NV21": [luma, chroma[:, :, ::-1].reshape(cb.shape[0], -1)],
            }[name]


def convert(lib, name, planes, width, height, matrix=0, full=1, site=0,
            out="RGB"):
    planes = [np.ascontiguousarray(plane) for plane in planes]
    info = PtqPixelInfo(FORMATS.index(name), width, height, matrix, full,
                        site)
    memory = PtqPlanes()
    for i, plane in enumerate(planes):
        memory.data[i] = plane.ctypes.data
        memory.stride[i] = plane.strides[0]
    result = np.zeros((height, width, 1 if out == "GRAY8" else 3), np.uint8)
    converter = lib.ptq_converter_new(ctypes.byref(info), FORMATS.index(out),
                                      None)
    lib.ptq_converter_process(ctypes.c_void_p(converter),
                              ctypes.byref(memory),
                              ctypes.byref(view(result)))
    lib.ptq_converter_free(ctypes.c_void_p(converter))
    return result


def compare_gray(lib, worst, rng):
    colors = rng.integers(0, 256, (1000, 1000, 3), dtype=np.uint8)
    got = convert(lib, "RGB", [colors.reshape(1000, -1)], 1000, 1000,
                  out="GRAY8")
    expected = cv2.cvtColor(colors, cv2.COLOR_RGB2GRAY)[:, :, None]
    worst.add("convert RGB to GRAY8", got, expected, 0)


KR_KB = [(0.299, 0.114), (0.2126, 0.0722), (0.2627, 0.0593), (0.30, 0.11),
         (0.212, 0.087)]


def matrix_reference(luma, cb, cr, matrix, full):
    kr, kb = KR_KB[matrix]
    y = luma.astype(np.float64) if full else (luma - 16.0) * 255 / 219
    scale = 1.0 if full else 255 / 224
    cb = (cb - 128.0) * scale
    cr = (cr - 128.0) * scale
    red = y + 2 * (1 - kr) * cr
    blue = y + 2 * (1 - kb) * cb
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip(np.stack([red, green, blue], 2), 0, 255)


def compare_matrix(lib, worst, rng):
    """Against the formula; half a level is the best that 8 bits can do."""
    shape = (256, 1024)
    luma, cb, cr = (rng.integers(0, 256, shape, dtype=np.uint8)
                    for _ in range(3))
    for matrix in range(len(KR_KB)):
        for full in (0, 1):
            got = convert(lib, "Y444", [luma, cb, cr], shape[1], shape[0],
                          matrix, full)
            expected = matrix_reference(luma, cb, cr, matrix, full)
            worst.add("convert Y444, from the formula", got, expected, 0.503)


def upsample_reference(plane, axis, site, size):
    """Linear interpolation between chroma samples, in floating point."""
    offset = 0.5 if site == "between" else 0.0
    position = (np.arange(size) - offset) / 2
    position = np.clip(position, 0, plane.shape[axis] - 1)
    low = np.floor(position).astype(int)
    high = np.minimum(low + 1, plane.shape[axis] - 1)
    fraction = position - low
    shape = [1, 1]
    shape[axis] = -1
    fraction = fraction.reshape(shape)
    return (np.take(plane, low, axis) * (1 - fraction) +
            np.take(plane, high, axis) * fraction)


SITES = [("between", "between"), ("on", "between"), ("on", "on")]


def compare_sites(lib, worst, rng, rounds):
    """Chroma rounds to 8 bits first: that is at most one level of blue."""
    for _ in range(rounds):
        width, height = (int(rng.integers(5, 60)) for _ in range(2))
        site = int(rng.integers(0, 3))
        name = str(rng.choice(FORMATS[10:17]))
        rows = (height + 1) // 2 if name in FORMATS[10:14] else height
        luma = rng.integers(60, 200, (height, width), dtype=np.uint8)
        cb, cr = (rng.integers(100, 156, (rows, (width + 1) // 2),
                               dtype=np.uint8) for _ in range(2))
        up = []
        for plane in (cb, cr):
            plane = upsample_reference(plane, 1, SITES[site][0], width)
            if rows != height:
                plane = upsample_reference(plane, 0, SITES[site][1], height)
            up.append(plane)
        expected = matrix_reference(luma, up[0], up[1], 0, 1)
        got = convert(lib, name, plane_arrays(name, luma, cb, cr), width,
                      height, 0, 1, site)
        worst.add("convert subsampled, from formula", got, expected, 1.51)


def jpeg_planes(turbojpeg, data, width, height, halves):
    """What is coded in a JPEG, before chroma is interpolated."""
    chroma = ((height + halves[1]) >> halves[1],
              (width + halves[0]) >> halves[0])
    luma = (chroma[0] << halves[1], chroma[1] << halves[0])
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
        raise RuntimeError("TurboJPEG could not decode")
    return planes


def compare_jpeg(lib, turbojpeg, worst, array, quality):
    height, width = array.shape[:2]
    for subsampling, name, halves in (("4:2:0", "I420", (1, 1)),
                                      ("4:2:2", "Y42B", (1, 0)),
                                      ("4:4:4", "Y444", (0, 0))):
        memory = io.BytesIO()
        Image.fromarray(array).save(memory, "JPEG", quality=quality,
                                    subsampling=subsampling)
        planes = jpeg_planes(turbojpeg, memory.getvalue(), width, height,
                             halves)
        got = convert(lib, name, planes, width, height)
        expected = np.array(Image.open(memory).convert("RGB"))
        if not worst.add(f"convert JPEG {subsampling}", got, expected, 0):
            print(f"JPEG {subsampling} {width}x{height}")


def compare_jpegs(lib, worst, rng, paths, rounds):
    name = ctypes.util.find_library("turbojpeg")
    if name is None:
        print("JPEG: skipped, libturbojpeg was not found")
        return
    turbojpeg = ctypes.CDLL(name)
    for i in range(rounds):
        width, height = (int(rng.integers(1, 40)) for _ in range(2))
        array = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        if i % 2:
            array = cv2.GaussianBlur(array, (0, 0), 2).reshape(array.shape)
        compare_jpeg(lib, turbojpeg, worst, array, int(rng.integers(50, 100)))
    for path in paths[:10]:
        array = cv2.imread(path)
        if array is not None:
            compare_jpeg(lib, turbojpeg, worst, array, 90)


def compare_pictures(lib, worst, paths, rng):
    for path in paths:
        array = cv2.imread(path)
        if array is None:
            continue
        width, height = (int(rng.integers(1, 300)) for _ in range(2))
        compare_resize(lib, worst, array, width, height, 5)
        compare_resize(lib, worst, array, 224, 224, 0)
        compare_resize(lib, worst, (array / 64.0).astype(np.float32), 224, 224,
                       0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library")
    parser.add_argument("pictures", nargs="*")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_intermixed_args()

    cv2.setNumThreads(1)
    lib = load(args.library)
    rng = np.random.default_rng(args.seed)
    worst = Worst()
    compare_random(lib, worst, rng, args.rounds)
    compare_gray(lib, worst, rng)
    compare_matrix(lib, worst, rng)
    compare_sites(lib, worst, rng, args.rounds)
    compare_pictures(lib, worst, args.pictures, rng)
    compare_jpegs(lib, worst, rng, args.pictures, args.rounds)
    worst.print()
    sys.exit(1 if worst.failed else 0)


main()
