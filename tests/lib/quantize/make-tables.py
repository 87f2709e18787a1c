#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints weight-code-table.h: codes and decoded values of weights at widths of
1 to 16 bits, and the steps of mixed widths, computed with numpy from the
formulas alone.

  python3 make-tables.py > weight-code-table.h
"""
import numpy as np


def rounded(x):
    """Halves away from zero"""
    return np.sign(x) * np.floor(np.abs(x) + 0.5)


def random_values(n):
    """The generator that test-weight-code.c has as well"""
    state, values = 1, []
    for _ in range(n):
        total = 0.0
        for _ in range(4):
            state = (state * 1103515245 + 12345) % 2**31
            total += state / 2**31
        values.append(total - 2)
    return np.array(values).astype(np.float32)


def quantize(channel, bits):
    """Range with 0 in it, 2^b - 1 steps, zero point a whole code"""
    x = channel.astype(np.float64)
    low = min(x.min(), 0.0)
    high = max(max(x.max(), x.min() + 1e-10), 0.0)
    qmin, qmax = -2 ** (bits - 1), 2 ** (bits - 1) - 1
    step = (high - low) / (qmax - qmin)
    zero = qmin + rounded(-low / step)
    scale = np.float64(np.float32(step))
    codes = np.clip(rounded(x / scale + zero), qmin, qmax)
    return codes - qmin, (codes - zero) * scale


def correct(channel, decoded):
    """Mean and population deviation of the original"""
    x = channel.astype(np.float64)
    sd, sd_decoded = x.std(), decoded.std()
    factor = 1.0
    if sd > 2.2e-16 and sd_decoded > 2.2e-16 and sd / sd_decoded < 10:
        factor = sd / sd_decoded
    return decoded * factor + (x.mean() - decoded.mean() * factor)


def keep_sums(channel, codes, kernel, bits):
    """Moves codes until the sum of each kernel is right to half a step."""
    x = channel.astype(np.float64)
    for _ in range(3):
        sd, sd_codes = x.std(), codes.std()
        step = sd / sd_codes if sd_codes > 0 else 1.0
        decoded = codes * step + (x.mean() - codes.mean() * step)
        moved = False
        for at in range(0, len(x), kernel):
            part = slice(at, at + kernel)
            error = (decoded[part] - x[part]) / step
            direction = -np.sign(error.sum())
            moves = int(np.floor(abs(error.sum()) + 0.5))
            for i in np.argsort(error * direction, kind="stable"):
                new = codes[at + i] + direction
                if moves == 0 or error[i] * direction >= 0:
                    break
                if 0 <= new < 2**bits:
                    codes[at + i] = new
                    moves -= 1
                    moved = True
        if not moved:
            break
    return codes, correct(channel, codes)


def encode_sums(weight, axis, kernel, bits):
    moved = np.moveaxis(weight, axis, 0)
    channels = moved.reshape(weight.shape[axis], -1)
    rows = [keep_sums(c, quantize(c, bits)[0], kernel, bits)
            for c in channels]

    def back(parts):
        return np.moveaxis(np.array(parts).reshape(moved.shape), 0,
                           axis).ravel()

    return back([r[0] for r in rows]), back([r[1] for r in rows])


def encode(weight, axis, bits):
    channels = np.moveaxis(weight, axis, 0).reshape(weight.shape[axis], -1)
    rows = [quantize(c, bits) for c in channels]
    shape = np.moveaxis(weight, axis, 0).shape

    def back(parts):
        return np.moveaxis(np.array(parts).reshape(shape), 0, axis).ravel()

    return (back([r[0] for r in rows]), back([r[1] for r in rows]),
            back([correct(c, r[1]) for c, r in zip(channels, rows)]))


def relative_error(weight, step):
    x = weight.astype(np.float64)
    d = x - step * np.floor(x / step + 0.5)
    return np.sqrt((d * d).sum() / (x * x).sum())


def find_step(weight, target):
    """Bisection to the last bit; the error grows with the step."""
    low, high = 1e-6, 2.0 * np.abs(weight).max()
    for _ in range(200):
        middle = (low + high) / 2
        if relative_error(weight, middle) > target:
            high = middle
        else:
            low = middle
    return low


def print_array(ctype, name, values, form):
    print(f"static const {ctype} {name}[] = {{")
    for i in range(0, len(values), 6):
        print("  " + " ".join(form % v + "," for v in values[i:i + 6]))
    print("};\n")


def print_layout(name, weight, axis):
    dims = ", ".join(str(d) for d in weight.shape)
    print(f"static const gint64 {name}_dims[] = {{ {dims} }};")
    print(f"#define {name.upper()}_RANK {weight.ndim}")
    print(f"#define {name.upper()}_AXIS {axis}\n")
    print_array("gfloat", name + "_values", weight.ravel(), "%.8ef")
    parts = [encode(weight, axis, b) for b in range(1, 17)]
    print_array("guint16", name + "_codes",
                np.concatenate([p[0] for p in parts]), "%d")
    print_array("gdouble", name + "_plain",
                np.concatenate([p[1] for p in parts]), "%.10g")
    print_array("gdouble", name + "_corrected",
                np.concatenate([p[2] for p in parts]), "%.10g")


def print_kernels():
    """3 x 3 kernels, channels first and second"""
    weight = (random_values(4 * 5 * 9).reshape(4, 5, 3, 3)
              + np.float32([[[[0.5]]], [[[0]]], [[[-0.1]]], [[[2]]]]))
    weight = weight.astype(np.float32)
    print_array("gfloat", "kernel_values", weight.ravel(), "%.8ef")
    for axis in 0, 1:
        parts = [encode_sums(weight, axis, 9, b) for b in range(1, 17)]
        print_array("guint16", f"kernel_codes_{axis}",
                    np.concatenate([p[0] for p in parts]), "%d")
        print_array("gdouble", f"kernel_decoded_{axis}",
                    np.concatenate([p[1] for p in parts]), "%.10g")


def main():
    print("/* gst-ptq\n * SPDX-License-Identifier: LGPL-2.1-or-later\n *\n"
          " * Printed by make-tables.py */\n#pragma once\n")
    # Both signs, positive only, negative only
    rows = np.array([[-0.7, 0.4, 0.11, -0.25, 0.05],
                     [0.3, 0.9, 0.55, 0.61, 0.7],
                     [-2.0, -1.1, -0.3, -1.7, -0.9]], np.float32)
    print_layout("rows", rows, 0)
    cube = random_values(24).reshape(2, 3, 4) * np.float32([[[1], [7], [.1]]])
    print_layout("cube", cube.astype(np.float32), 1)
    weight = random_values(4000)
    for name, target in (("02", 0.02), ("10", 0.1)):
        print(f"#define STEP_AT_{name} {find_step(weight, target):.9g}")
    print()
    channels = (weight.reshape(8, 500)
                * 2.0 ** np.arange(8)[:, None]).astype(np.float32)
    print_array("gdouble", "channel_steps",
                [find_step(c, 0.02) for c in channels], "%.9g")
    print_kernels()


main()
