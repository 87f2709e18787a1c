# gst-ptq
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ONNX models find in the evaluation pictures.

usage: evaluate.py [model.onnx ...]

"kept" compares with the first of them.
"""
import collections
import csv
import pathlib
import sys

import numpy as np
import onnxruntime

import letterbox

HERE = pathlib.Path(__file__).parent
SCORE = 0.3
# boxes of one class that overlap more than this are of the same object
SAME = 0.5
# how well a box has to fit
FITS = 0.5


def load_folder(name):
    """Inputs (N, 3, rows, columns) and, of each picture of a folder, in the
    order of their names, the (class index, box)es in pixels of the input."""
    rows = collections.defaultdict(list)
    with open(HERE / "boxes.csv", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["file"]].append(row)
    pixels, answers = [], []
    for file in sorted((HERE / name).glob("*.jpg")):
        canvas, factor, shift = letterbox.load(file)
        pixels.append(canvas)
        answers.append([(int(row["class_index"]), factor * [
            float(row[side]) for side in ("left", "top", "right", "bottom")]
            + shift) for row in rows[file.name]])
    return letterbox.normalize(np.stack(pixels)), answers


def run(model, inputs):
    """Outputs of a model (file name or bytes), a picture at a time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return np.concatenate([session.run(None, {name: x[None]})[0]
                           for x in inputs])


def scores(output):
    """Of every place and class."""
    return output[..., 4:5] * output[..., 5:]


def overlap(box, boxes):
    """Intersection over union."""
    inner = (np.minimum(box[2:], boxes[:, 2:])
             - np.maximum(box[:2], boxes[:, :2])).clip(0).prod(1)
    areas = [(b[..., 2:] - b[..., :2]).prod(-1) for b in (box, boxes)]
    return inner / (areas[0] + areas[1] - inner)


def detect(output):
    """(class index, box)es of one picture, best first: of boxes that overlap,
    the one with the best score."""
    found = []
    values = scores(output)
    for place, index in zip(*np.nonzero(values > SCORE)):
        centre, size = output[place, :2], output[place, 2:4]
        found.append((values[place, index], index,
                      np.concatenate([centre - size / 2, centre + size / 2])))
    kept = []
    for _, index, box in sorted(found, key=lambda item: -item[0]):
        same = [other for i, other in kept if i == index]
        if not same or overlap(box, np.stack(same)).max() < SAME:
            kept.append((index, box))
    return kept


def count_found(detections, answers):
    """How many answers of one picture are found, each by a detection of its
    own."""
    left = list(answers)
    for index, box in detections:
        fits = [overlap(box, b[None])[0] if i == index else 0
                for i, b in left]
        if fits and max(fits) >= FITS:
            left.pop(int(np.argmax(fits)))
    return len(answers) - len(left)


def measure(outputs, answers):
    """Share of the answers found, and detections that fit none."""
    detections = [detect(output) for output in outputs]
    found = sum(map(count_found, detections, answers))
    return (found / sum(map(len, answers)),
            sum(map(len, detections)) - found)


def report(name, outputs, reference, answers):
    """Prints what was found, and how many of the detections of the reference
    are there, too: places and classes with a score above the threshold."""
    share, false = measure(outputs, answers)
    present, expected = scores(outputs) > SCORE, scores(reference) > SCORE
    kept = (present & expected).sum() / expected.sum()
    print(f"{name:28}  found {100 * share:6.2f} %, {false:3} false; kept "
          f"{100 * kept:6.2f} %, {(present & ~expected).sum():3} new")


def main():
    inputs, answers = load_folder("evaluate")
    print(f"{sum(map(len, answers))} objects")
    reference = None
    for model in sys.argv[1:] or [str(HERE / "detector.onnx")]:
        outputs = run(model, inputs)
        reference = outputs if reference is None else reference
        report(pathlib.Path(model).name, outputs, reference, answers)


if __name__ == "__main__":
    main()
