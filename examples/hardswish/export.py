# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the trained network as ONNX."""
from graph import Graph, add_classifier, add_conv, add_conv_norm, value

# the first with HardSwish
OPSET = 14


def add_excite(graph, name, excite, x):
    y = graph.node("GlobalAveragePool", f"{name}/squeeze", [x])
    y = add_conv(graph, f"{name}/reduce", excite.reduce, y)
    y = graph.node("Relu", f"{name}/relu", [y])
    y = add_conv(graph, f"{name}/expand", excite.expand, y)
    y = graph.node("HardSigmoid", f"{name}/factor", [y], alpha=1 / 6,
                   beta=0.5)
    return graph.node("Mul", f"{name}/scale", [x, y])


def add_block(graph, name, block, x):
    y = x
    if block.expand:
        y = add_conv_norm(graph, f"{name}/expand", block.expand, y)
    y = add_conv_norm(graph, f"{name}/depthwise", block.depthwise, y)
    if block.excite:
        y = add_excite(graph, f"{name}/excite", block.excite, y)
    y = add_conv_norm(graph, f"{name}/project", block.project, y)
    return graph.node("Add", f"{name}/add", [x, y]) if block.residual else y


def to_onnx(network, size, classes):
    """The network, in evaluation mode, with a Softmax at its end."""
    graph = Graph()
    x = add_conv_norm(graph, "stem", network.stem, "image")
    for i, block in enumerate(network.blocks, 1):
        x = add_block(graph, f"block{i}", block, x)
    x = add_conv_norm(graph, "head", network.head, x)
    add_classifier(graph, network.classify, x)
    return graph.model("hardswish", value("image", "N", 3, size, size),
                       value("probabilities", "N", len(classes)), classes,
                       OPSET)
