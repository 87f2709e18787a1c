# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Another quantizer, ONNX Runtime's own, in Python, with MinMax."""
import pathlib
import tempfile

from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

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


def variants(model, inputs):
    """Yields the name and the file name of each variant of a model, calibrated
    with the inputs; the file is there until the next is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        folded = str(pathlib.Path(folder) / "folded.onnx")
        target = str(pathlib.Path(folder) / "int8.onnx")
        quant_pre_process(model, folded, skip_symbolic_shape=True)
        for name, per_channel, reduce_range in VARIANTS:
            quantize(folded, target, inputs, per_channel, reduce_range)
            yield name, target
