#!/usr/bin/env python3
"""Prints the table in test-histogram.c: what the methods find for values that
the test can make too. The formulas are written out as the descriptions of the
methods have them, a bin at a time, without the shortcuts of the library.

Needs numpy.
"""

import math

import numpy as np

BINS = 2048
SMOOTHING = 1e-7


def values(shape, n):
    """As in the test: a generator of 32 bits, three numbers summed"""
    state = 1
    result = np.empty(n, np.float32)
    for i in range(n):
        total = 0
        for _ in range(3):
            state = (state * 1664525 + 1013904223) % 2 ** 32
            total += state // 2 ** 16
        x = total / 32768 - 3                  # -3 .. 3, exact in float32
        if shape == 'tail':
            x = x * x * x * x * x
        elif shape == 'relu':
            x = max(x, 0)
        elif shape == 'square':
            x = x * x * x * x
        result[i] = x
    return result


def width_of(x):
    return 2.0 ** (math.frexp(float(np.abs(x).max()))[1] - 11)


def histogram(x):
    counts = np.zeros(BINS)
    width = width_of(x)
    for v in np.abs(x[x != 0].astype(np.float64)):
        counts[int(v / width)] += 1
    return counts[:int(np.abs(x).max() / width) + 1], width


def divergence(p_all, i, levels):
    p = p_all[:i].copy()
    p[-1] += p_all[i:].sum()
    q = np.zeros(i)
    for g in range(levels):
        begin, end = g * i / levels, (g + 1) * i / levels
        share = [max(0.0, min(j + 1, end) - max(j, begin)) for j in range(i)]
        q += np.array(share) * (np.dot(share, p_all[:i]) / sum(share))
    p /= p.sum()
    q /= q.sum()
    return float(np.sum(p * np.log(p / q)))


def kl(x, levels):
    counts, width = histogram(x)
    p = counts + SMOOTHING
    best = min(range(levels, len(p)), key=lambda i: divergence(p, i, levels))
    return (best + 0.5) * width


def main():
    for shape, n, bits in (('plain', 4000, 4), ('tail', 4000, 4),
                           ('tail', 4000, 3), ('relu', 4000, 4),
                           ('square', 4000, 4)):
        x = values(shape, n)
        print(f'  {{"{shape}", {n}, {bits}, '
              f'{kl(x, 2 ** (bits - 1)):.9g}, {kl(x, 2 ** bits):.9g}}},')
    for shape, n in (('plain', 50000), ('tail', 50000), ('relu', 50000)):
        x = np.sort(values(shape, n))
        k = int(0.0001 * n)
        print(f'  {{"{shape}", {n}, {x[k]:.9g}, {x[n - 1 - k]:.9g}, '
              f'{width_of(x):.9g}}},')


if __name__ == '__main__':
    main()
