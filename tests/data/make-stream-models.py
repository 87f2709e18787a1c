#!/usr/bin/env python3
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Writes the small models that the tests of the sinks and of the programs feed.
# Their weights come from a fixed seed, so the files come out the same again.
#
#   python3 make-stream-models.py FOLDER     (needs numpy and onnx)
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(7)


def weight(name, shape, spread=0.3):
    values = random.normal(0, spread, shape).astype(np.float32)
    return numpy_helper.from_array(values, name)


def value(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def save(folder, name, nodes, inputs, outputs, weights):
    graph = helper.make_graph(nodes, name, inputs, outputs, weights)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    model.producer_name = ""
    onnx.checker.check_model(model)
    onnx.save(model, f"{folder}/{name}.onnx")


def convnet(folder, name, shape):
    nodes = [
        helper.make_node("Conv", ["image", "w0", "b0"], ["c0"], "first",
                         kernel_shape=[3, 3], pads=[1, 1, 1, 1],
                         strides=[2, 2]),
        helper.make_node("Relu", ["c0"], ["r0"], "first_relu"),
        helper.make_node("Conv", ["r0", "w1", "b1"], ["c1"], "depthwise",
                         kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=8),
        helper.make_node("Relu", ["c1"], ["r1"], "depthwise_relu"),
        helper.make_node("Conv", ["r1", "w2", "b2"], ["c2"], "pointwise",
                         kernel_shape=[1, 1]),
        helper.make_node("Relu", ["c2"], ["r2"], "pointwise_relu"),
        helper.make_node("GlobalAveragePool", ["r2"], ["p"], "pool"),
        helper.make_node("Flatten", ["p"], ["f"], "flatten"),
        helper.make_node("Gemm", ["f", "w3", "b3"], ["classes"], "head",
                         transB=1),
    ]
    weights = [weight("w0", [8, 3, 3, 3]), weight("b0", [8]),
               weight("w1", [8, 1, 3, 3]), weight("b1", [8]),
               weight("w2", [16, 8, 1, 1]), weight("b2", [16]),
               weight("w3", [10, 16], 1), weight("b3", [10])]
    save(folder, name, nodes, [value("image", shape)],
         [value("classes", [shape[0], 10])], weights)


def square_root(folder):
    """Answers NaN where the sample is negative."""
    nodes = [
        helper.make_node("Sqrt", ["image"], ["root"], "root"),
        helper.make_node("Conv", ["root", "w"], ["map"], "only",
                         kernel_shape=[1, 1]),
    ]
    save(folder, "square-root", nodes, [value("image", [1, 3, 16, 16])],
         [value("map", [1, 4, 16, 16])], [weight("w", [4, 3, 1, 1])])


def two_inputs(folder):
    nodes = [
        helper.make_node("Conv", ["left", "w0"], ["l"], "left_conv",
                         kernel_shape=[1, 1]),
        helper.make_node("Conv", ["right", "w1"], ["r"], "right_conv",
                         kernel_shape=[1, 1]),
        helper.make_node("Add", ["l", "r"], ["sum"], "add"),
    ]
    save(folder, "two-inputs", nodes,
         [value("left", [1, 3, 8, 8]), value("right", [1, 2, 8, 8])],
         [value("sum", [1, 4, 8, 8])],
         [weight("w0", [4, 3, 1, 1]), weight("w1", [4, 2, 1, 1])])


def outside(folder, name):
    """The same model with all weights in a file beside it."""
    model = onnx.load(f"{folder}/{name}.onnx")
    onnx.save(model, f"{folder}/{name}-outside.onnx",
              save_as_external_data=True, size_threshold=0,
              location=f"{name}-outside.weights")


def main():
    folder = sys.argv[1]
    convnet(folder, "convnet", [1, 3, 16, 16])
    outside(folder, "convnet")
    convnet(folder, "convnet-open", ["N", 3, "H", "W"])
    square_root(folder)
    two_inputs(folder)


main()
