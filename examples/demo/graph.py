# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes trained networks as ONNX, node by node, with names to read."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


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

    def integers(self, name, values):
        self.weights[name] = np.array(values, np.int64)
        return name

    def node(self, operator, name, inputs, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name],
                                           name=name, **attributes))
        return name

    def model(self, name, source, target, classes, opset=13):
        weights = [numpy_helper.from_array(values, key)
                   for key, values in self.weights.items()]
        graph = helper.make_graph(self.nodes, name, [source], [target],
                                  weights)
        model = helper.make_model(
            graph, producer_name="gst-ptq", ir_version=7,
            opset_imports=[helper.make_opsetid("", opset)])
        helper.set_model_props(model, {"classes": ",".join(classes)})
        onnx.checker.check_model(model, full_check=True)
        return model


def add_activation(graph, name, kind, x):
    if kind == "relu":
        return graph.node("Relu", f"{name}/relu", [x])
    if kind == "relu6":
        return graph.node("Clip", f"{name}/relu6",
                          [x, graph.weight("zero", 0), graph.weight("six", 6)])
    if kind == "hardswish":
        return graph.node("HardSwish", f"{name}/hardswish", [x])
    if kind == "silu":
        gate = graph.node("Sigmoid", f"{name}/sigmoid", [x])
        return graph.node("Mul", f"{name}/silu", [x, gate])
    return x


def add_conv(graph, name, conv, x, weight=None, bias=None):
    """A convolution; weight and bias, where given, in place of its own."""
    weight = conv.weight if weight is None else weight
    bias = conv.bias if bias is None else bias
    inputs = [x, graph.weight(f"{name}/weight", weight)]
    if bias is not None:
        inputs.append(graph.weight(f"{name}/bias", bias))
    return graph.node("Conv", name, inputs,
                      kernel_shape=list(conv.kernel_size),
                      strides=list(conv.stride), pads=list(conv.padding) * 2,
                      group=conv.groups)


def add_conv_norm(graph, name, module, x):
    norm = module.norm
    x = add_conv(graph, f"{name}/conv", module.conv, x)
    parts = {"scale": norm.weight, "bias": norm.bias,
             "mean": norm.running_mean, "variance": norm.running_var}
    x = graph.node("BatchNormalization", f"{name}/norm",
                   [x] + [graph.weight(f"{name}/norm/{key}", values)
                          for key, values in parts.items()],
                   epsilon=norm.eps)
    return add_activation(graph, name, module.activation, x)


def add_folded(graph, name, module, x):
    """The same with the BatchNorm in the weights of the convolution."""
    conv, norm = module.conv, module.norm
    factor = norm.weight / (norm.running_var + norm.eps).sqrt()
    x = add_conv(graph, f"{name}/conv", conv, x,
                 conv.weight * factor[:, None, None, None],
                 norm.bias - norm.running_mean * factor)
    return add_activation(graph, name, module.activation, x)


def add_classifier(graph, last, x):
    """The mean over the picture, one layer and a Softmax."""
    x = graph.node("GlobalAveragePool", "pool", [x])
    x = graph.node("Flatten", "flatten", [x], axis=1)
    x = graph.node("Gemm", "logits",
                   [x, graph.weight("logits/weight", last.weight),
                    graph.weight("logits/bias", last.bias)], transB=1)
    return graph.node("Softmax", "probabilities", [x], axis=1)


def value(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
