# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How well another quantizer does: ONNX Runtime's own, in Python, calibrated
on the pictures of calibrate/ and measured on those of evaluate/.

usage: yardstick.py [model.onnx]
"""
import pathlib
import sys
import tempfile

from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

import evaluate

# name, weights per channel, weights of 7 bits
VARIANTS = [("per channel, 7-bit weights", True, True),
            ("per channel, 8-bit weights", True, False),
            ("per tensor, 7-bit weights", False, True),
            ("per tensor, 8-bit weights", False, False)]


class Reader(quantization.CalibrationDataReader):
    def __init__(self, inputs):
        self.samples = iter(inputs)

    def get_next(self):
        sample = next(self.samples, None)
        return None if sample is None else {"image": sample[None]}


def quantize(source, target, inputs, per_channel, reduce_range):
    quantization.quantize_static(
        source, target, Reader(inputs),
        quant_format=quantization.QuantFormat.QDQ,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        calibrate_method=quantization.CalibrationMethod.MinMax,
        per_channel=per_channel, reduce_range=reduce_range)


def report(name, outputs, reference, labels):
    right = (outputs.argmax(1) == labels).mean()
    same = (outputs.argmax(1) == reference.argmax(1)).mean()
    print(f"{name:28}  top-1 {100 * right:6.2f} %  "
          f"agreement {100 * same:6.2f} %")


def main():
    model = sys.argv[1] if len(sys.argv) > 1 else str(
        evaluate.HERE / "shapes.onnx")
    calibration, _ = evaluate.load_folder("calibrate")
    inputs, labels = evaluate.load_folder("evaluate")
    reference = evaluate.probabilities(model, inputs)
    report("float", reference, reference, labels)
    with tempfile.TemporaryDirectory() as folder:
        folded = str(pathlib.Path(folder) / "folded.onnx")
        target = str(pathlib.Path(folder) / "int8.onnx")
        quant_pre_process(model, folded)
        for name, per_channel, reduce_range in VARIANTS:
            quantize(folded, target, calibration, per_channel, reduce_range)
            report(name, evaluate.probabilities(target, inputs), reference,
                   labels)


if __name__ == "__main__":
    main()
