# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How well another quantizer does: ONNX Runtime's own, calibrated on the
pictures of calibrate/ and measured on those of evaluate/.

usage: yardstick.py [model.onnx]
"""
import sys

import evaluate
import quantizer


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
    for name, target in quantizer.variants(model, calibration):
        report(name, evaluate.probabilities(target, inputs), reference,
               labels)


if __name__ == "__main__":
    main()
