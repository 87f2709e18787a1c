# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the trained network as ONNX, BatchNorm in the convolutions and the
boxes decoded."""
from graph import Graph, add_conv, add_folded, value
from network import STRIDES, places


def add_stage(graph, name, stage, x):
    y = add_folded(graph, f"{name}/through", stage.through, x)
    for i, block in enumerate(stage.blocks, 1):
        inner = f"{name}/block{i}"
        z = add_folded(graph, f"{inner}/expand", block.expand, y)
        z = add_folded(graph, f"{inner}/depthwise", block.depthwise, z)
        z = add_folded(graph, f"{inner}/project", block.project, z)
        y = (graph.node("Add", f"{inner}/add", [y, z]) if block.residual
             else z)
    past = add_folded(graph, f"{name}/past", stage.past, x)
    x = graph.node("Concat", f"{name}/concat", [y, past], axis=1)
    return add_folded(graph, f"{name}/join", stage.join, x)


def add_pyramid(graph, name, pyramid, x):
    x = add_folded(graph, f"{name}/narrow", pyramid.narrow, x)
    pooled = [graph.node("MaxPool", f"{name}/pool{size}", [x],
                         kernel_shape=[size] * 2, strides=[1, 1],
                         pads=[size // 2] * 4) for size in (3, 5)]
    x = graph.node("Concat", f"{name}/concat", [x, *pooled], axis=1)
    return add_folded(graph, f"{name}/join", pyramid.join, x)


def add_upsample(graph, name, x):
    scales = graph.weight(f"{name}/scales", [1, 1, 2, 2])
    return graph.node("Resize", name, [x, "", scales], mode="nearest",
                      coordinate_transformation_mode="asymmetric",
                      nearest_mode="floor")


def add_head(graph, name, head, x, values):
    """Box and scores of every place, (N, values, places)."""
    x = add_folded(graph, f"{name}/stem", head.stem, x)
    y = add_folded(graph, f"{name}/box_filter", head.box_filter, x)
    y = add_folded(graph, f"{name}/box_mix", head.box_mix, y)
    z = add_folded(graph, f"{name}/class_filter", head.class_filter, x)
    z = add_folded(graph, f"{name}/class_mix", head.class_mix, z)
    parts = [add_conv(graph, f"{name}/box", head.box, y)]
    for part, module, source in (("object", head.object, y),
                                 ("classes", head.classes, z)):
        score = add_conv(graph, f"{name}/{part}", module, source)
        parts.append(graph.node("Sigmoid", f"{name}/{part}/sigmoid", [score]))
    x = graph.node("Concat", f"{name}/concat", parts, axis=1)
    shape = graph.integers(f"{name}/shape", [0, values, -1])
    return graph.node("Reshape", f"{name}/flat", [x, shape])


def add_decoded(graph, x, size):
    """Places in pixels instead of what the heads leave."""
    centres, strides = places(size)
    stride = graph.weight("decode/strides", strides[None])
    axis = graph.integers("decode/axis", [2])

    def part(name, first, end):
        return graph.node("Slice", f"decode/{name}", [
            x, graph.integers(f"decode/{name}/first", [first]),
            graph.integers(f"decode/{name}/end", [end]), axis])

    shift = graph.node("Mul", "decode/shift", [part("offset", 0, 2), stride])
    centre = graph.node("Add", "decode/centre", [
        shift, graph.weight("decode/centres", centres[None])])
    factor = graph.node("Exp", "decode/exp", [part("log_size", 2, 4)])
    extent = graph.node("Mul", "decode/size", [factor, stride])
    return graph.node("Concat", "detections",
                      [centre, extent, part("scores", 4, 2 ** 31)], axis=2)


def to_onnx(network, size, classes):
    """The network, in evaluation mode."""
    graph = Graph()
    values = 4 + 1 + len(classes)
    x = add_folded(graph, "stem", network.stem, "image")
    x = add_folded(graph, "down1", network.down1, x)
    x = add_stage(graph, "stage1", network.stage1, x)
    x = add_folded(graph, "down2", network.down2, x)
    fine = add_stage(graph, "stage2", network.stage2, x)
    x = add_folded(graph, "down3", network.down3, fine)
    x = add_pyramid(graph, "pyramid", network.pyramid, x)
    x = add_stage(graph, "stage3", network.stage3, x)
    lateral = add_folded(graph, "lateral", network.lateral, x)
    wide = add_upsample(graph, "upsample", lateral)
    x = graph.node("Concat", "concat_fine", [wide, fine], axis=1)
    fine = add_stage(graph, "merge_fine", network.merge_fine, x)
    x = add_folded(graph, "down4", network.down4, fine)
    x = graph.node("Concat", "concat_coarse", [x, lateral], axis=1)
    coarse = add_stage(graph, "merge_coarse", network.merge_coarse, x)
    maps = [add_head(graph, f"head{stride}", head, x, values)
            for stride, head, x in zip(STRIDES, network.heads,
                                       (fine, coarse))]
    x = graph.node("Concat", "places", maps, axis=2)
    x = graph.node("Transpose", "rows", [x], perm=[0, 2, 1])
    add_decoded(graph, x, size)
    count = sum((size // stride) ** 2 for stride in STRIDES)
    return graph.model("detector", value("image", "N", 3, size, size),
                       value("detections", "N", count, values), classes)
