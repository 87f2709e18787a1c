#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the figures that test-debug-report.c and test-tensor-statistics.c
expect, from NumPy alone: uint8 codes of a range from 0 for the data, int8
symmetric codes a channel for the weights."""
import numpy as np

# No pair of products exceeds 16 bits: the same on every CPU
X = np.float32([0, 0.25, 0.5, 0.1, 0.9, 1.02, 0.33, 0.77])
W = np.float32([[1.27, 0.014], [-2.54, 0.011]])


def show(name, v):
    v = np.asarray(v, np.float64).ravel()
    q1, median, q3 = np.percentile(v, [25, 50, 75])
    print(name, *('%.9g' % f for f in (v.min(), q1, median, q3, v.max(),
          v.mean(), v.var(), (v == 0).mean())), sep=', ')


def compare(a, b):
    a, b = (np.asarray(v, np.float64).ravel() for v in (a, b))
    clip = ((a < b.min()) | (a > b.max())).mean()
    cosine = a @ b / np.sqrt((a @ a) * (b @ b))
    print('  clip %.9g cosine %.9g' % (clip, cosine))


show('seven', [4, -1, 0, 2, 2, 0, 9])
show('four', [1, 2, 3, 10])
show('one', [5])

scale = np.float32(X.max() / 255)
xq = np.float32(np.clip(np.rint(X / scale), 0, 255) * scale)
show('x origin', X)
show('x dequant', xq)
compare(X, xq)

scales = np.float32(np.abs(W).max(axis=1, keepdims=True) / 127)
wq = np.float32(np.clip(np.rint(W / scales), -127, 127) * scales)
show('w origin', W)
show('w dequant', wq)
compare(W, wq)


def convolve(x, w):
    """One row of 8 values under kernels of 1 x 2"""
    x = np.asarray(x, np.float64)
    return np.array([x[:-1] * k[0] + x[1:] * k[1] for k in w])


print('y cosine at least')
compare(convolve(X, W), convolve(xq, wq))
