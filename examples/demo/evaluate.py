# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Top-1 accuracy of ONNX models on the evaluation pictures.

usage: evaluate.py [model.onnx ...]
"""
import csv
import pathlib
import sys

import numpy as np
import onnxruntime

import preprocess

HERE = pathlib.Path(__file__).parent


def load_folder(name):
    """Inputs (N, 3, 96, 96) and class indices of the pictures of a folder,
    in the order of their names."""
    with open(HERE / "labels.csv", newline="") as file:
        labels = {row["file"]: int(row["class_index"])
                  for row in csv.DictReader(file)}
    files = sorted((HERE / name).glob("*.jpg"))
    pixels = np.stack([preprocess.load(file) for file in files])
    return (preprocess.normalize(pixels),
            np.array([labels[file.name] for file in files]))


def probabilities(model, inputs):
    """Outputs of a model (file name or bytes), a picture at a time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return np.concatenate([session.run(None, {name: x[None]})[0]
                           for x in inputs])


def accuracy(model, inputs, labels):
    return float((probabilities(model, inputs).argmax(1) == labels).mean())


def main():
    inputs, labels = load_folder("evaluate")
    for model in sys.argv[1:] or [str(HERE / "shapes.onnx")]:
        share = accuracy(model, inputs, labels)
        print(f"{model}: {100 * share:.2f} % of {len(labels)}")


if __name__ == "__main__":
    main()
