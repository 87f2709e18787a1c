#!/usr/bin/env python3
"""Writes models shaped like MobileNetV2 and ResNet-50, with random weights.

    make-models.py FOLDER [--size=224]

Needs the packages onnx and numpy. The weights keep the variance of the
activations, so that ranges look like those of a trained network.
"""

import argparse
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Net:
    def __init__(self):
        self.random = np.random.default_rng(1)
        self.nodes = []
        self.weights = []

    def constant(self, name, value):
        self.weights.append(numpy_helper.from_array(value, name))
        return name

    def add(self, op, inputs, **attributes):
        output = f'{op.lower()}_{len(self.nodes)}'
        self.nodes.append(helper.make_node(op, inputs, [output], name=output,
                                           **attributes))
        return output

    def conv(self, x, n_in, n_out, kernel, stride=1, groups=1, act=None):
        fan_in = n_in // groups * kernel * kernel
        shape = (n_out, n_in // groups, kernel, kernel)
        weight = self.random.normal(0, (2 / fan_in) ** 0.5, shape)
        bias = self.random.normal(0, 0.1, n_out)
        n = len(self.nodes)
        x = self.add('Conv', [
            x, self.constant(f'w{n}', weight.astype(np.float32)),
            self.constant(f'b{n}', bias.astype(np.float32))],
            kernel_shape=[kernel] * 2, strides=[stride] * 2, group=groups,
            pads=[kernel // 2] * 4)
        if act == 'relu':
            x = self.add('Relu', [x])
        if act == 'relu6':
            x = self.add('Clip', [x, 'zero', 'six'])
        return x

    def classify(self, x, n):
        x = self.add('GlobalAveragePool', [x])
        x = self.add('Flatten', [x])
        weight = self.random.normal(0, (1 / n) ** 0.5, (1000, n))
        return self.add('Gemm', [
            x, self.constant('w', weight.astype(np.float32)),
            self.constant('b', np.zeros(1000, np.float32))], transB=1)

    def save(self, output, size, path):
        self.nodes.append(helper.make_node('Identity', [output], ['logits'],
                                           name='logits'))
        graph = helper.make_graph(
            self.nodes, 'net',
            [helper.make_tensor_value_info('image', TensorProto.FLOAT,
                                           ['n', 3, size, size])],
            [helper.make_tensor_value_info('logits', TensorProto.FLOAT,
                                           ['n', 1000])], self.weights)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, path)


def mobilenet_v2(size, path):
    net = Net()
    net.constant('zero', np.float32(0))
    net.constant('six', np.float32(6))
    x = net.conv('image', 3, 32, 3, 2, act='relu6')
    n = 32
    for expand, n_out, repeat, stride in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
            (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(repeat):
            step = stride if i == 0 else 1
            y = x
            if expand != 1:
                y = net.conv(y, n, n * expand, 1, act='relu6')
            y = net.conv(y, n * expand, n * expand, 3, step,
                         groups=n * expand, act='relu6')
            y = net.conv(y, n * expand, n_out, 1)
            x = net.add('Add', [x, y]) if step == 1 and n == n_out else y
            n = n_out
    x = net.conv(x, n, 1280, 1, act='relu6')
    net.save(net.classify(x, 1280), size, path)


def resnet50(size, path):
    net = Net()
    x = net.conv('image', 3, 64, 7, 2, act='relu')
    x = net.add('MaxPool', [x], kernel_shape=[3, 3], strides=[2, 2],
                pads=[1, 1, 1, 1])
    n = 64
    for width, repeat, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2),
                                  (512, 3, 2)):
        for i in range(repeat):
            step = stride if i == 0 else 1
            y = net.conv(x, n, width, 1, act='relu')
            y = net.conv(y, width, width, 3, step, act='relu')
            y = net.conv(y, width, width * 4, 1)
            if i == 0:
                x = net.conv(x, n, width * 4, 1, step)
            x = net.add('Relu', [net.add('Add', [y, x])])
            n = width * 4
    net.save(net.classify(x, n), size, path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('folder')
    parser.add_argument('--size', type=int, default=224)
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    mobilenet_v2(args.size, os.path.join(args.folder, 'mobilenet-v2.onnx'))
    resnet50(args.size, os.path.join(args.folder, 'resnet-50.onnx'))


if __name__ == '__main__':
    main()
