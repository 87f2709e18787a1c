#!/usr/bin/env python3
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Writes models that hold or compute in float16, of the float32 models that
# make-stream-models.py wrote, and what ONNX Runtime says their constants mean:
#
#   half-convnet       float16 all the way, as exporters write it: constants,
#                      input, output, a Cast and an If with constants of its own
#   half-weights       float32, its constants float16 with a Cast behind each
#   half-two-inputs    float16 all the way, two inputs
#   wide-convnet       half-convnet as it is meant: float32 with the constants
#                      of half-convnet
#
#   python3 make-float16-models.py FOLDER     (needs numpy and onnx)
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
HALF = TensorProto.FLOAT16


def rounded(tensor, kind):
    values = numpy_helper.to_array(tensor).astype(np.float16)
    return numpy_helper.from_array(values.astype(kind), tensor.name)


def convert_tensors(graph, kind):
    for tensor in graph.initializer:
        if tensor.data_type == FLOAT:
            tensor.CopyFrom(rounded(tensor, kind))


def set_types(graph, kind):
    for value in list(graph.input) + list(graph.output):
        if value.type.tensor_type.elem_type == FLOAT:
            value.type.tensor_type.elem_type = kind


def add_tail(graph, kind):
    """An If by the largest value of the image, whose branches add to the
    result, and a Cast to the type of the model"""
    name = graph.output[0].name
    for node in graph.node:
        for i, output in enumerate(node.output):
            if output == name:
                node.output[i] = "head_out"
    shape = [d.dim_value for d in graph.output[0].type.tensor_type.shape.dim]
    branches = []
    for sign in (1, -1):
        added = numpy_helper.from_array(
            (sign * np.linspace(0, 0.7, shape[1])).astype(np.float16)
            .astype(helper.tensor_dtype_to_np_dtype(kind)), f"added{sign}")
        branches.append(helper.make_graph(
            [helper.make_node("Constant", [], [f"constant{sign}"],
                              value=added),
             helper.make_node("Add", ["head_out", f"constant{sign}"],
                              [f"sum{sign}"])],
            f"branch{sign}", [],
            [helper.make_tensor_value_info(f"sum{sign}", kind, shape)]))
    graph.initializer.append(numpy_helper.from_array(
        np.array(1, helper.tensor_dtype_to_np_dtype(kind)), "limit"))
    graph.node.extend([
        helper.make_node("ReduceMax", ["image"], ["largest"], "largest",
                         keepdims=0),
        helper.make_node("Greater", ["largest", "limit"], ["is_large"],
                         "is_large"),
        helper.make_node("If", ["is_large"], ["chosen"], "choice",
                         then_branch=branches[0], else_branch=branches[1]),
        helper.make_node("Cast", ["is_large"], ["factor"], "factor", to=kind),
        helper.make_node("Add", ["chosen", "factor"], [name], "last"),
    ])


def half_convnet(folder, name, kind):
    model = onnx.load(f"{folder}/convnet.onnx")
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    convert_tensors(model.graph, dtype)
    add_tail(model.graph, kind)
    set_types(model.graph, kind)
    save(folder, name, model)


def half_two_inputs(folder):
    model = onnx.load(f"{folder}/two-inputs.onnx")
    convert_tensors(model.graph, np.float16)
    set_types(model.graph, HALF)
    save(folder, "half-two-inputs", model)


def half_weights(folder):
    model = onnx.load(f"{folder}/convnet.onnx")
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        tensor.CopyFrom(rounded(tensor, np.float16))
        casts.append(helper.make_node("Cast", [f"{tensor.name}_half"],
                                      [tensor.name], to=FLOAT))
        tensor.name += "_half"
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)
    save(folder, "half-weights", model)


def save(folder, name, model):
    model.graph.name = name
    onnx.checker.check_model(model, full_check=True)
    with open(f"{folder}/{name}.onnx", "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


def main():
    folder = sys.argv[1]
    half_convnet(folder, "half-convnet", HALF)
    half_convnet(folder, "wide-convnet", FLOAT)
    half_two_inputs(folder)
    half_weights(folder)


main()
