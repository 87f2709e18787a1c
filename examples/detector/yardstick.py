# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How well another quantizer does, as ../demo/yardstick.py.

usage: yardstick.py [detector.onnx]
"""
import sys

import evaluate

sys.path.append(str(evaluate.HERE.parent / "demo"))

import quantizer  # noqa: E402


def main():
    model = sys.argv[1] if len(sys.argv) > 1 else str(
        evaluate.HERE / "detector.onnx")
    calibration, _ = evaluate.load_folder("calibrate")
    inputs, answers = evaluate.load_folder("evaluate")
    reference = evaluate.run(model, inputs)
    evaluate.report("float", reference, reference, answers)
    for name, target in quantizer.variants(model, calibration):
        evaluate.report(name, evaluate.run(target, inputs), reference,
                        answers)


if __name__ == "__main__":
    main()
