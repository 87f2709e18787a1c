#!/usr/bin/env python3
"""Looks whether the sources keep to the rules of the project: check-files.py TOP

Speaks TAP: a case for each rule, and one for each rule on a tree made up for
it, in which every rule is broken once.
"""

import collections
import pathlib
import re
import sys
import tempfile

FOLDERS = ['lib', 'gst', 'elements', 'tools', 'tests', 'benchmarks']
MAX_LINES = 599
COMMENT = re.compile(r'\s*/\*(.*?)\*/', re.DOTALL)
LICENCE = re.compile(r'gst-ptq|SPDX-License-Identifier: \S+|[\s*]')
PUBLIC = re.compile(r'^PTQ_API ([^;{]*?)(\w+) \(([^;{]*?)\);',
                    re.MULTILINE | re.DOTALL)
TYPEDEF = re.compile(r'^typedef\b([^;{]*(?:\{.*?^\}[^;]*)?);',
                     re.MULTILINE | re.DOTALL)
# (*Name) (arguments), Name (arguments), Name[2], Name
TYPE_NAME = re.compile(r'\(\s*\*\s*(\w+)\s*\)\s*\(|'
                       r'(\w+)\s*(?:\([^()]*\)|(?:\[[^]]*\])+)?\s*$')
CODE = re.compile(r'%(PTQ_ERROR|G_IO_ERROR)_\w+')


def files(top, *patterns):
    for folder in FOLDERS:
        for pattern in patterns:
            yield from sorted((top / folder).rglob(pattern))


def check_length(top):
    for path in files(top, '*.c'):
        n = path.read_text().count('\n')
        if n > MAX_LINES:
            yield f'{path.relative_to(top)} has {n} lines'


def check_head(top):
    """A word beyond the licence, there or in the comment behind it."""
    for path in files(top, '*.c'):
        text = path.read_text()
        first = COMMENT.match(text)
        second = first and COMMENT.match(text, first.end())
        words = ''.join(c.group(1) for c in (first, second) if c)
        if not LICENCE.sub('', words):
            yield f'{path.relative_to(top)} does not say what it is for'


def check_folders(top):
    page = top / 'docs' / 'architecture.md'
    text = page.read_text() if page.exists() else ''
    folders = {path.parent.relative_to(top).as_posix()
               for folder in ['lib', 'gst', 'elements', 'tools']
               for path in (top / folder).rglob('*.[ch]')}
    for folder in sorted(folders | set(FOLDERS)):
        if f'`{folder}`' not in text:
            yield f'docs/architecture.md does not name `{folder}`'


def check_names(top):
    for path in files(top, '*'):
        if 'utils' in path.name.lower():
            yield f'{path.relative_to(top)} is named after nothing'


def public_functions(top):
    """Name, arguments and documentation of each; None without one."""
    sources = [path.read_text() for path in sorted((top / 'lib').rglob('*.c'))]
    for header in sorted((top / 'lib').rglob('*.h')):
        for _, name, arguments in PUBLIC.findall(header.read_text()):
            # GObject's, which its type stands for
            if name.endswith('_get_type'):
                continue
            start = f'/**\n * {name}:'
            found = [s[s.index(start):].split('*/')[0]
                     for s in sources if start in s]
            yield name, arguments, found[0] if found else None


def check_documented(top):
    for name, _, text in public_functions(top):
        if text is None:
            yield f'{name} () is not documented'
        elif '\n * Since: ' not in text:
            yield f'{name} () has no Since:'


def check_errors(top):
    for name, arguments, text in public_functions(top):
        if 'GError **' in arguments and not CODE.search(text or ''):
            yield f'{name} () does not say which errors it reports'


def check_types(top):
    """A type of a header is that of no other file. To announce the same struct
    again is to mean the same; files of C have their own types among them."""
    types = collections.defaultdict(list)
    for folder in ['lib', 'gst', 'elements']:
        for path in sorted((top / folder).rglob('*.[ch]')):
            for meaning in TYPEDEF.findall(path.read_text()):
                name = TYPE_NAME.search(meaning)
                if name:
                    types[name[1] or name[2]].append((path, meaning.split()))
    for name, places in types.items():
        if (any(path.suffix == '.h' for path, _ in places)
                and any(meaning != places[0][1] for _, meaning in places)):
            where = ', '.join(str(path.relative_to(top)) for path, _ in places)
            yield f'{name} is not the same in {where}'


RULES = {'length': check_length, 'head': check_head, 'folders': check_folders,
         'names': check_names, 'documented': check_documented,
         'errors': check_errors, 'types': check_types}

LICENCE_BLOCK = '/* gst-ptq\n * SPDX-License-Identifier: MIT\n'
MADE_UP = {
    'lib/base/good.c': LICENCE_BLOCK + ' *\n * Does good.\n */\n' + (
        '/**\n * ptq_good:\n *\n * Returns: or %PTQ_ERROR_READ\n *\n'
        ' * Since: 0.1\n */\n'
        '/**\n * ptq_old:\n */\n'
        '/**\n * ptq_vague:\n * @error: an error\n *\n * Since: 0.1\n */\n'),
    'lib/base/one.c': '/* One */\ntypedef struct\n{\n  int a;\n} Row;\n'
                      'typedef struct\n{\n  int a;\n} Pair;\n',
    'lib/base/two.c': '/* Two */\ntypedef struct\n{\n  int b;\n} Row;\n',
    'lib/base/two.h': 'typedef void (*Call) (int);\n'
                      'typedef struct _Pair Pair;\ntypedef struct _Two Two;\n',
    'gst/call.h': 'typedef int Call;\ntypedef struct _Two Two;\n',
    'lib/base/good.h': (
        'PTQ_API int ptq_good (int a,\n    GError **error);\n'
        'PTQ_API void ptq_old (void);\nPTQ_API void ptq_mute (void);\n'
        'PTQ_API GType ptq_good_get_type (void);\n'
        'PTQ_API\nG_DECLARE_FINAL_TYPE (PtqA, ptq_a, PTQ, A, GObject)\n'
        'PTQ_API void ptq_vague (GError **error);\n'),
    'gst/behind.c': LICENCE_BLOCK + ' */\n\n/* What it is for */\n',
    'gst/bare.c': LICENCE_BLOCK + ' */\n#include <glib.h>\n/* Later */\n',
    'tests/long.c': '/* Goes on */\n' + '\n' * 599,
    'tests/just.c': '/* Ends */\n' + '\n' * 598,
    'tools/StringUtils.h': '',
    'docs/architecture.md': '`lib`, `lib/base`, `gst`, `elements`, `tests`, '
                            '`benchmarks`, tools',
}
MADE_UP_FAULTS = {
    'length': ['tests/long.c has 600 lines'],
    'head': ['gst/bare.c does not say what it is for'],
    'folders': ['docs/architecture.md does not name `tools`'],
    'names': ['tools/StringUtils.h is named after nothing'],
    'documented': ['ptq_old () has no Since:', 'ptq_mute () is not documented'],
    'errors': ['ptq_vague () does not say which errors it reports'],
    'types': ['Pair is not the same in lib/base/one.c, lib/base/two.h',
              'Call is not the same in lib/base/two.h, gst/call.h'],
}


def check_made_up(rule):
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        for name, text in MADE_UP.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        found = list(RULES[rule](top))
    expected = MADE_UP_FAULTS[rule]
    return [] if found == expected else [f'{found} instead of {expected}']


def main():
    top = pathlib.Path(sys.argv[1])
    cases = {f'made-up/{rule}': check_made_up(rule) for rule in RULES}
    cases.update((rule, list(check(top))) for rule, check in RULES.items())
    print(f'1..{len(cases)}')
    for i, (name, faults) in enumerate(cases.items(), 1):
        for fault in faults:
            print('#', fault)
        print('not ok' if faults else 'ok', i, f'/files/{name}')
    return any(cases.values())


sys.exit(main())
