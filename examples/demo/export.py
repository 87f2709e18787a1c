# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the trained network as ONNX."""
from graph import Graph, add_classifier, add_conv_norm, value


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
    x = add_conv_norm(graph, "stem", network.stem, "image")
    for i, block in enumerate(network.blocks, 1):
        x = add_block(graph, f"block{i}", block, x)
    x = add_conv_norm(graph, "head", network.head, x)
    add_classifier(graph, network.classify, x)
    return graph.model("shapes", value("image", "N", 3, size, size),
                       value("probabilities", "N", len(classes)), classes)
