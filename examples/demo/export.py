# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the trained network as ONNX, node by node, with names to read."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13


class Graph:
    """Nodes and weights in the order in which they are added."""

    def __init__(self):
        self.nodes = []
        self.weights = {}

    def weight(self, name, values):
        if hasattr(values, "detach"):
            values = values.detach().numpy()
        self.weights[name] = np.ascontiguousarray(values, np.float32)
        return name

    def node(self, operator, name, inputs, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name],
                                           name=name, **attributes))
        return name

    def model(self, name, source, target, classes):
        weights = [numpy_helper.from_array(values, key)
                   for key, values in self.weights.items()]
        graph = helper.make_graph(self.nodes, name, [source], [target],
                                  weights)
        model = helper.make_model(
            graph, producer_name="gst-ptq", ir_version=7,
            opset_imports=[helper.make_opsetid("", OPSET)])
        helper.set_model_props(model, {"classes": ",".join(classes)})
        onnx.checker.check_model(model, full_check=True)
        return model


def add_conv_norm(graph, name, module, x):
    conv, norm = module.conv, module.norm
    pad = conv.padding[0]
    x = graph.node("Conv", f"{name}/conv",
                   [x, graph.weight(f"{name}/conv/weight", conv.weight)],
                   kernel_shape=list(conv.kernel_size),
                   strides=list(conv.stride), pads=[pad] * 4,
                   group=conv.groups)
    parts = {"scale": norm.weight, "bias": norm.bias,
             "mean": norm.running_mean, "variance": norm.running_var}
    x = graph.node("BatchNormalization", f"{name}/norm",
                   [x] + [graph.weight(f"{name}/norm/{key}", values)
                          for key, values in parts.items()],
                   epsilon=norm.eps)
    if module.activation:
        x = graph.node("Clip", f"{name}/relu6", [x, "zero", "six"])
    return x


def add_block(graph, name, block, x):
    y = x
    if block.expand:
        y = add_conv_norm(graph, f"{name}/expand", block.expand, y)
    y = add_conv_norm(graph, f"{name}/depthwise", block.depthwise, y)
    y = add_conv_norm(graph, f"{name}/project", block.project, y)
    return graph.node("Add", f"{name}/add", [x, y]) if block.residual else y


def to_onnx(network, size, classes):
    """The network, in evaluation mode, with a Softmax at its end."""
    graph = Graph()
    graph.weight("zero", 0)
    graph.weight("six", 6)
    x = add_conv_norm(graph, "stem", network.stem, "image")
    for i, block in enumerate(network.blocks, 1):
        x = add_block(graph, f"block{i}", block, x)
    x = add_conv_norm(graph, "head", network.head, x)
    x = graph.node("GlobalAveragePool", "pool", [x])
    x = graph.node("Flatten", "flatten", [x], axis=1)
    last = network.classify
    x = graph.node("Gemm", "logits",
                   [x, graph.weight("logits/weight", last.weight),
                    graph.weight("logits/bias", last.bias)], transB=1)
    graph.node("Softmax", "probabilities", [x], axis=1)
    return graph.model(
        "shapes",
        helper.make_tensor_value_info("image", TensorProto.FLOAT,
                                      ["N", 3, size, size]),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT,
                                      ["N", len(classes)]), classes)
