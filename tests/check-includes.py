#!/usr/bin/env python3
"""Looks whether folders include only what stands below them: check-includes.py TOP

Speaks TAP: a case for each folder of sources, one for headers that include
each other in a circle, and one for each check itself, which has to find what is
wrong in a tree made up for it.
"""

import pathlib
import re
import sys
import tempfile

# From the bottom to the top. lib/ptq.h stands above all of lib.
LIB = ['base', 'model', 'image', 'config', 'runtime', 'graph', 'observe',
       'evaluate', 'quantize', 'report']
LAYERS = ['lib/' + name for name in LIB] + ['lib', 'gst', 'elements', 'tools']
# Made by the build, so not in the tree
GENERATED = {'onnx.pb-c.h': 'lib/model'}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


def layer_of(path):
    """The layer of a file: the folder, without what is below a part of lib."""
    parts = path.parts
    if parts[0] == 'lib' and len(parts) > 2:
        return '/'.join(parts[:2])
    return parts[0]


def sources(top):
    for folder in ['lib', 'gst', 'elements', 'tools']:
        for path in sorted((top / folder).rglob('*.[ch]')):
            yield path.relative_to(top)


def index_headers(top):
    """The layer of each header, by the name it is included by."""
    layers = dict(GENERATED)
    for path in sources(top):
        if path.suffix == '.h':
            layers.setdefault(path.name, layer_of(path))
    return layers


def is_allowed(layer, other):
    if {layer, other} == {'elements', 'tools'}:
        return False
    return LAYERS.index(other) <= LAYERS.index(layer)


def check(top):
    """The faults of each layer that has files."""
    headers = index_headers(top)
    faults = {}
    names = {}
    for path in sources(top):
        layer = layer_of(path)
        found = faults.setdefault(layer, [])
        if layer not in LAYERS:
            found.append(f'{path}: {layer} has no place among the layers')
            continue
        if path.suffix == '.h' and names.setdefault(path.name, path) != path:
            found.append(f'{path}: {names[path.name]} has the same name')
        for kind, target in INCLUDE.findall((top / path).read_text()):
            if layer.startswith('lib') and target.startswith('gst/'):
                found.append(f'{path}: <{target}> is GStreamer')
                continue
            other = headers.get(pathlib.PurePath(target).name)
            if other is None:
                if kind == '"':
                    found.append(f'{path}: "{target}" is in no folder')
            elif other in LAYERS and not is_allowed(layer, other):
                found.append(f'{path}: {layer} includes {target} of {other}')
    return faults


def find_circles(top):
    """Each circle of headers once, as the way around it."""
    paths = {path.name: path for path in sources(top) if path.suffix == '.h'}
    circles, done = [], set()

    def walk(name, way):
        if name in way:
            circle = way[way.index(name):] + [name]
            circles.append(' -> '.join(str(paths[n]) for n in circle))
        elif name not in done:
            for _, target in INCLUDE.findall((top / paths[name]).read_text()):
                target = pathlib.PurePath(target).name
                if target in paths:
                    walk(target, way + [name])
            done.add(name)

    for name in sorted(paths):
        walk(name, [])
    return circles


MADE_UP = {
    'lib/base/low.h': '#include <glib.h>\n',
    'lib/base/low.c': '#include "low.h"\n#include "high.h"\n',
    'lib/model/high.h': '#include "low.h"\n',
    'lib/model/inner/deep.c': '#include "high.h"\n#include "low.h"\n',
    'lib/image/video.c': '#include <gst/gst.h>\n',
    'lib/config/all.c': '#include "everything.h"\n',
    'lib/runtime/lost.c': '#include "nowhere.h"\n',
    'lib/new/new.c': '',
    'lib/graph/low.h': '',
    'lib/observe/one.h': '#include "two.h"\n',
    'lib/observe/inner/two.h': '#include "low.h"\n#include "one.h"\n',
    'lib/everything.h': '#include "high.h"\n',
    'gst/shared.h': '#include "everything.h"\n',
    'gst/shared.c': '#include "element.h"\n',
    'elements/element.h': '#include "shared.h"\n',
    'elements/element.c': '#include "tool.h"\n',
    'tools/tool.h': '#include "shared.h"\n',
    'tools/tool.c': '#include "element.h"\n',
}
MADE_UP_FAULTS = {
    'lib/base': ['lib/base/low.c: lib/base includes high.h of lib/model'],
    'lib/model': [],
    'lib/image': ['lib/image/video.c: <gst/gst.h> is GStreamer'],
    'lib/config': ['lib/config/all.c: lib/config includes everything.h of lib'],
    'lib/runtime': ['lib/runtime/lost.c: "nowhere.h" is in no folder'],
    'lib/new': ['lib/new/new.c: lib/new has no place among the layers'],
    'lib/graph': ['lib/graph/low.h: lib/base/low.h has the same name'],
    'lib/observe': [],
    'lib': [],
    'gst': ['gst/shared.c: gst includes element.h of elements'],
    'elements': ['elements/element.c: elements includes tool.h of tools'],
    'tools': ['tools/tool.c: tools includes element.h of elements'],
}
MADE_UP_CIRCLES = ['lib/observe/one.h -> lib/observe/inner/two.h -> '
                   'lib/observe/one.h']


def check_made_up():
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        for name, text in MADE_UP.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        found = check(top)
        circles = find_circles(top)
    faults = [f'{layer}: {found.get(layer)} instead of {expected}'
              for layer, expected in MADE_UP_FAULTS.items()
              if found.get(layer) != expected]
    if circles != MADE_UP_CIRCLES:
        faults.append(f'{circles} instead of {MADE_UP_CIRCLES}')
    return faults


def main():
    top = pathlib.Path(sys.argv[1])
    cases = {'made-up': check_made_up()}
    cases.update(check(top))
    missing = [layer for layer in LAYERS if layer not in cases]
    cases['circles'] = find_circles(top)
    cases['every-layer'] = [f'{layer} has no files' for layer in missing]
    print(f'1..{len(cases)}')
    for i, (name, faults) in enumerate(cases.items(), 1):
        for fault in faults:
            print('#', fault)
        print('not ok' if faults else 'ok', i, f'/includes/{name}')
    return any(cases.values())


sys.exit(main())
