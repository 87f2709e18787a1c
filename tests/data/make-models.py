#!/usr/bin/env python3
# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Writes the small models that the tests of the model folder read:
#
#   upgrade/  operators in an old version, to be upgraded
#   refuse/   operators that no newer version can express
#   format/   everything that the file format knows
#
#   python3 make-models.py FOLDER     (needs numpy and onnx)
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
INT64 = TensorProto.INT64


def value(name, shape, kind=FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def constant(name, values, kind=np.float32):
    return numpy_helper.from_array(np.array(values, kind), name)


def node(op_type, inputs, outputs, **attributes):
    return helper.make_node(op_type, inputs.split(","), outputs.split(","),
                            f"{op_type.lower()}_{outputs.split(',')[0]}",
                            **attributes)


def model(opset, nodes, inputs, outputs, weights=(), ir_version=6, **more):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, list(weights))
    made = helper.make_model(graph, ir_version=ir_version,
                             opset_imports=[helper.make_opsetid("", opset)],
                             **more)
    return made


def save(folder, name, made, check=True):
    if check:
        onnx.checker.check_model(made)
    with open(f"{folder}/{name}.onnx", "wb") as file:
        file.write(made.SerializeToString(deterministic=True))


def one(opset, op_type, shape, out_shape, weights=(), inputs="x",
        outputs="y", kinds=(), **attributes):
    """A model of one operator; kinds are the outputs' types"""
    names = outputs.split(",")
    kinds = list(kinds) + [FLOAT] * (len(names) - len(kinds))
    return model(opset, [node(op_type, inputs, outputs, **attributes)],
                 [value("x", shape)],
                 [value(n, out_shape, k) for n, k in zip(names, kinds)],
                 weights)


def upgrade_inputs(folder):
    """Attributes that became inputs"""
    x = [2, 3, 4, 5]
    save(folder, "clip-7", one(7, "Clip", x, x, min=-0.25, max=0.5))
    save(folder, "clip-max-10", one(10, "Clip", x, x, max=0.5))
    save(folder, "clip-open-8", one(8, "Clip", x, x))
    save(folder, "pad-7", one(7, "Pad", x, [2, 3, 7, 8], value=2.5,
                              pads=[0, 0, 1, 2, 0, 0, 2, 1]))
    save(folder, "pad-reflect-10", one(10, "Pad", x, [2, 3, 6, 7],
                                       pads=[0, 0, 1, 1, 0, 0, 1, 1],
                                       mode="reflect"))
    save(folder, "slice-8", one(8, "Slice", x, [2, 3, 2, 3], axes=[2, 3],
                                starts=[1, -4], ends=[3, -1]))
    save(folder, "slice-all-9", one(9, "Slice", x, [1, 2, 3, 4],
                                    starts=[1, 1, 1, 1],
                                    ends=[9, 9, 9, 9]))
    save(folder, "squeeze-11", one(11, "Squeeze", [2, 1, 3, 1], [2, 3],
                                   axes=[1, 3]))
    save(folder, "squeeze-all-7", one(7, "Squeeze", [2, 1, 3, 1], [2, 3]))
    save(folder, "unsqueeze-7", one(7, "Unsqueeze", [2, 3], [2, 1, 3, 1],
                                    axes=[1, 3]))
    save(folder, "topk-9", one(9, "TopK", [3, 7], [3, 2], outputs="y,i",
                               kinds=[FLOAT, INT64], k=2, axis=1))
    save(folder, "split-7", model(
        7, [node("Split", "x", "a,b", axis=1, split=[1, 3])],
        [value("x", [2, 4])], [value("a", [2, 1]), value("b", [2, 3])]))
    save(folder, "split-equal-12", model(
        12, [node("Split", "x", "a,b", axis=1)],
        [value("x", [2, 4])], [value("a", [2, 2]), value("b", [2, 2])]))
    for op_type in ["ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceMax",
                    "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum",
                    "ReduceSumSquare"]:
        save(folder, op_type.lower() + "-11",
             one(11, op_type, x, [2, 4, 5], axes=[-3], keepdims=0))
    save(folder, "reducesum-all-9", one(9, "ReduceSum", x, [1, 1, 1, 1]))
    save(folder, "dft-17", one(17, "DFT", [1, 6, 4, 1], [1, 6, 4, 2]))


def upgrade_resize(folder):
    x, large = [1, 2, 3, 4], [1, 2, 6, 10]
    up = constant("s", [1, 1, 2, 2.5])
    down = constant("s", [1, 1, 0.7, 0.6])
    small = [1, 2, 2, 2]
    for mode in ["nearest", "linear"]:
        save(folder, f"upsample-{mode}-7",
             one(7, "Upsample", x, large, mode=mode, scales=[1, 1, 2, 2.5]))
        save(folder, f"upsample-{mode}-9",
             one(9, "Upsample", x, large, [up], "x,s", mode=mode))
        save(folder, f"resize-{mode}-10",
             one(10, "Resize", x, large, [up], "x,s", mode=mode))
        save(folder, f"resize-down-{mode}-10",
             one(10, "Resize", x, small, [down], "x,s", mode=mode))
    for nearest in ["floor", "round_prefer_floor"]:
        save(folder, f"resize-tf-{nearest.replace('_', '-')}-11",
             one(11, "Resize", x, [1, 2, 7, 3],
                 [constant("r", []), constant("s", []),
                  constant("z", [1, 2, 7, 3], np.int64)], "x,r,s,z",
                 coordinate_transformation_mode="tf_half_pixel_for_nn",
                 nearest_mode=nearest), check=False)


def upgrade_softmax(folder):
    x = [2, 3, 4]
    for op_type in ["Softmax", "LogSoftmax", "Hardmax"]:
        save(folder, op_type.lower() + "-7", one(7, op_type, x, x))
        save(folder, op_type.lower() + "-axis0-11",
             one(11, op_type, x, x, axis=0))
    save(folder, "softmax-last-9", one(9, "Softmax", x, x, axis=2))
    save(folder, "softmax-minus1-11", one(11, "Softmax", x, x, axis=-1))
    save(folder, "softmax-minus2-12", one(12, "Softmax", x, x, axis=-2))
    # The rank of what the softmax reads is written nowhere.
    nodes = [node("Relu", "x", "r"), node("Reshape", "r,shape", "q"),
             node("Sigmoid", "q", "s"), node("Softmax", "s", "t", axis=1),
             node("Expand", "t,wide", "e"),
             node("Softmax", "e", "y", axis=1)]
    save(folder, "softmax-ranks-8", model(
        8, nodes, [value("x", x)], [value("y", ["a", "b", "c"])],
        [constant("shape", [6, 4], np.int64),
         constant("wide", [2, 6, 4], np.int64)]))


def upgrade_others(folder):
    x = [2, 3, 4, 5]
    weights = [constant(n, v) for n, v in
               [("scale", [1, 2, 3]), ("bias", [0, 1, -1]),
                ("mean", [0.5, 0, 0.25]), ("var", [1, 4, 0.25])]]
    save(folder, "batchnorm-7", one(7, "BatchNormalization", x, x, weights,
                                    "x,scale,bias,mean,var", spatial=1))
    save(folder, "dropout-7", one(7, "Dropout", x, x, ratio=0.3))
    save(folder, "dropout-10", model(
        10, [node("Dropout", "x", "y,mask", ratio=0.3)],
        [value("x", x)], [value("y", x)]))
    save(folder, "scatter-9", one(
        9, "Scatter", [3, 3], [3, 3],
        [constant("i", [[1, 0, 2], [0, 2, 1]], np.int64),
         constant("u", [[1, 2, 3], [4, 5, 6]])], "x,i,u"))
    save(folder, "roialign-10", one(
        10, "RoiAlign", [1, 2, 6, 6], [1, 2, 3, 3],
        [constant("r", [[0.5, 1, 4.5, 5]]), constant("b", [0], np.int64)],
        "x,r,b", output_height=3, output_width=3, sampling_ratio=2))
    grid = constant("g", np.random.default_rng(3).uniform(-1, 1,
                                                          (1, 3, 3, 2)))
    for mode in ["bilinear", "bicubic", "nearest"]:
        save(folder, f"gridsample-{mode}-16",
             one(16, "GridSample", [1, 2, 5, 5], [1, 2, 3, 3], [grid], "x,g",
                 mode=mode))
    # Weights were inputs as well before IR version 4.
    weight = constant("w", [[1, -1], [2, 0.5], [0, 3]])
    save(folder, "gemm-ir3-8", model(
        8, [node("MatMul", "x,w", "m"), node("Clip", "m", "y", min=0.)],
        [value("x", [2, 3]), value("w", [3, 2])], [value("y", [2, 2])],
        [weight], ir_version=3))


def branch(name, limit, axis):
    """A branch that reads x of the graph around it"""
    nodes = [node("Clip", "x", f"{name}_clipped", max=limit),
             node("Softmax", f"{name}_clipped", f"{name}_out", axis=axis)]
    return helper.make_graph(nodes, name, [],
                             [value(f"{name}_out", [2, 3, 4])])


def upgrade_nested(folder):
    nodes = [
        node("ReduceSum", "x", "sum", keepdims=0),
        node("Greater", "sum,zero", "positive"),
        helper.make_node("If", ["positive"], ["y"], "if_node",
                         then_branch=branch("then", 0.5, 1),
                         else_branch=branch("else", 0.25, 2)),
    ]
    save(folder, "if-9", model(
        9, nodes, [value("x", [2, 3, 4])], [value("y", [2, 3, 4])],
        [constant("zero", 0)]))

    function = helper.make_function(
        "local", "Limited", ["a"], ["b"],
        [node("Clip", "a", "c", min=-0.1, max=0.4),
         node("ReduceMean", "c", "b", axes=[1])],
        [helper.make_opsetid("", 10)])
    made = helper.make_model(
        helper.make_graph(
            [helper.make_node("Limited", ["x"], ["y"], domain="local")],
            "graph", [value("x", [2, 3])], [value("y", [2, 1])]),
        opset_imports=[helper.make_opsetid("", 10),
                       helper.make_opsetid("local", 1)],
        functions=[function], ir_version=8)
    save(folder, "function-10", made)


def refuse(folder):
    x = [2, 3, 4, 5]
    weights = [constant(n, np.ones(v)) for n, v in
               [("scale", (3, 4, 5)), ("bias", (3, 4, 5)),
                ("mean", (3, 4, 5)), ("var", (3, 4, 5))]]
    save(folder, "batchnorm-spatial-8",
         one(8, "BatchNormalization", x, x, weights, "x,scale,bias,mean,var",
             spatial=0), check=False)
    save(folder, "dropout-mask-9",
         one(9, "Dropout", x, x, outputs="y,mask", ratio=0.3))
    save(folder, "resize-mixed-10",
         one(10, "Resize", x, [2, 3, 8, 2], [constant("s", [1, 1, 2, 0.5])],
             "x,s"))
    save(folder, "resize-tf-linear-11",
         one(11, "Resize", x, [2, 3, 8, 10],
             [constant("r", []), constant("s", [1, 1, 2, 2])], "x,r,s",
             mode="linear",
             coordinate_transformation_mode="tf_half_pixel_for_nn"),
         check=False)
    save(folder, "groupnorm-18",
         one(18, "GroupNormalization", [1, 4, 2], [1, 4, 2],
             [constant("s", [1, 2]), constant("b", [0, 1])], "x,s,b",
             num_groups=2), check=False)
    save(folder, "add-broadcast-6",
         one(6, "Add", x, x, [constant("b", [1, 2, 3])], "x,b",
             broadcast=1, axis=1), check=False)
    save(folder, "reshape-4", model(
        4, [node("Reshape", "x", "y", shape=[6, 20])], [value("x", x)],
        [value("y", [6, 20])]), check=False)
    body = helper.make_graph(
        [node("Add", "state,item", "next")], "body",
        [value("state", [1]), value("item", [1])], [value("next", [1])])
    save(folder, "scan-8", model(
        8, [helper.make_node("Scan", ["", "start", "x"], ["y"], "scan_node",
                             body=body, num_scan_inputs=1)],
        [value("x", [1, 4, 1])], [value("y", [1, 1])],
        [constant("start", [[0]])]), check=False)


def typed(name, kind, shape, values):
    return helper.make_tensor(name, kind, shape, values)


def format_tensors(folder):
    """Each element type, in the typed fields and as raw data"""
    floats = [1.5, -2.0, 0.0, 65504.0, 2.0 ** -24, float("inf")]
    weights = [
        typed("float", FLOAT, [2, 3], floats),
        typed("double", TensorProto.DOUBLE, [2, 3], floats),
        typed("half", TensorProto.FLOAT16, [2, 3], floats),
        typed("bfloat", TensorProto.BFLOAT16, [4], [1.5, -2.0, 0.0, 256.0]),
        typed("int8", TensorProto.INT8, [3], [-128, -1, 127]),
        typed("uint8", TensorProto.UINT8, [3], [0, 128, 255]),
        typed("int16", TensorProto.INT16, [3], [-32768, -1, 32767]),
        typed("uint16", TensorProto.UINT16, [3], [0, 32768, 65535]),
        typed("int32", TensorProto.INT32, [3], [-2 ** 31, -1, 2 ** 31 - 1]),
        typed("uint32", TensorProto.UINT32, [3], [0, 2 ** 31, 2 ** 32 - 1]),
        typed("int64", INT64, [3], [-2 ** 63, -1, 2 ** 63 - 1]),
        typed("uint64", TensorProto.UINT64, [3], [0, 1, 2 ** 63 - 1]),
        typed("bool", TensorProto.BOOL, [3], [True, False, True]),
        typed("int4", TensorProto.INT4, [5], [-8, -1, 0, 1, 7]),
        typed("uint4", TensorProto.UINT4, [5], [0, 1, 7, 8, 15]),
        typed("scalar", FLOAT, [], [3.25]),
        typed("empty", FLOAT, [0, 3], []),
    ]
    raw = []
    for tensor in weights:
        array = numpy_helper.to_array(tensor)
        raw.append(numpy_helper.from_array(array, tensor.name + "_raw"))
    names = helper.make_tensor("string", TensorProto.STRING, [2],
                               [b"one", b"two"])
    save(folder, "tensors", model(
        21, [node("Identity", "float", "y")], [], [value("y", [2, 3])],
        weights + raw + [names], ir_version=10))


def format_everything(folder):
    """As many kinds of messages as one model can hold"""
    sparse = helper.make_sparse_tensor(
        constant("sparse", [1, 2]), constant("", [0, 3], np.int64), [5])
    optional = helper.make_optional_type_proto(
        helper.make_tensor_type_proto(FLOAT, [2, "n"]))
    sequence = helper.make_sequence_type_proto(
        helper.make_tensor_type_proto(INT64, None))
    mapping = helper.make_map_type_proto(
        INT64, helper.make_tensor_type_proto(FLOAT, []))
    odd = helper.make_node("Odd", ["x", "", "w"], ["o", "p"], "odd",
                           domain="elsewhere", doc_string="an odd node",
                           i=-3, f=0.0, s=b"\0bytes\xff", ints=[7, -1],
                           fs=[1., 2.],
                           strings=[b"a", b""], t=constant("t", 1),
                           tensors=[constant("u", [1, 2])], sparse=sparse,
                           g=branch("inner", 0.5, 1), tp=sequence)
    odd.attribute[0].ref_attr_name = "reference"
    entry = odd.metadata_props.add()
    entry.key, entry.value = "namespace", "a/b"
    # Messages that the schema of the library does not know
    device = odd.device_configurations.add()
    device.configuration_id = "both"
    device.pipeline_stage = 3
    graph = helper.make_graph(
        [odd, node("Identity", "x", "y")], "graph",
        [value("x", ["batch", 3]),
         helper.make_value_info("opt", optional),
         helper.make_value_info("seq", sequence),
         helper.make_value_info("map", mapping)],
        [value("y", ["batch", 3])], [constant("w", [1, 2])], "a graph",
        [value("o", None)], [sparse])
    graph.input[0].type.tensor_type.shape.dim[0].denotation = "DATA_BATCH"
    annotation = graph.quantization_annotation.add()
    annotation.tensor_name = "x"
    entry = annotation.quant_parameter_tensor_names.add()
    entry.key, entry.value = "SCALE_TENSOR", "w"
    function = helper.make_function(
        "local", "Twice", ["a"], ["b"], [node("Add", "a,a", "b")],
        [helper.make_opsetid("", 18)], ["alpha"])
    made = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18),
                              helper.make_opsetid("elsewhere", 1),
                              helper.make_opsetid("local", 1)],
        functions=[function], ir_version=8, producer_name="make-models",
        producer_version="1", domain="a.domain", model_version=-5,
        doc_string="everything \u00e9")
    training = made.training_info.add()
    training.algorithm.CopyFrom(branch("training", 1.0, 0))
    entry = training.update_binding.add()
    entry.key, entry.value = "w", "training_out"
    configuration = made.configuration.add()
    configuration.name = "both"
    configuration.num_devices = 2
    helper.set_model_props(made, {"author": "nobody", "licence": "none"})
    save(folder, "everything", made, check=False)


def format_shapes(folder):
    """Open dimensions with names, in inputs, outputs, inside, in branches"""
    nodes = [
        node("Relu", "x", "r"),
        helper.make_node("If", ["flag"], ["z"], "if_node",
                         then_branch=helper.make_graph(
                             [node("Relu", "r", "t")], "then", [],
                             [value("t", ["N", 3, "H", "W"])]),
                         else_branch=helper.make_graph(
                             [node("Neg", "r", "e")], "else", [],
                             [value("e", ["N", 3, "H", "W"])])),
        node("Identity", "k", "q"),
    ]
    made = model(13, nodes,
                 [value("x", ["N", 3, "H", "W"]), value("k", ["N", "K"]),
                  value("flag", [], TensorProto.BOOL),
                  value("square", ["S", "S"]), value("any", None)],
                 [value("z", ["N", 3, "H", "W"]), value("q", ["N", "K"])],
                 ir_version=7)
    made.graph.value_info.append(value("r", ["N", 3, "H", "W"]))
    save(folder, "shapes", made, check=False)


def format_external(folder):
    weights = [constant("w", np.arange(12).reshape(4, 3)),
               constant("b", [5, 7], np.int64)]
    made = model(13, [node("MatMul", "x,w", "y")], [value("x", ["N", 4])],
                 [value("y", ["N", 3])], weights, ir_version=7)
    onnx.save(made, f"{folder}/external.onnx", save_as_external_data=True,
              location="external.weights", size_threshold=0)


def main():
    for name, makers in [
            ("upgrade", [upgrade_inputs, upgrade_resize, upgrade_softmax,
                         upgrade_others, upgrade_nested]),
            ("refuse", [refuse]),
            ("format", [format_tensors, format_everything, format_shapes,
                        format_external])]:
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for maker in makers:
            maker(folder)


main()
