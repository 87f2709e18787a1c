#!/usr/bin/env python3
"""Looks whether the sources keep to the rules of the project: check-files.py TOP

Speaks TAP: a case for each rule, and one for each rule on a tree made up for
it, in which every rule is broken once.
"""

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


RULES = {'length': check_length, 'head': check_head, 'folders': check_folders,
         'names': check_names, 'documented': check_documented,
         'errors': check_errors}

LICENCE_BLOCK = '/* gst-ptq\n * SPDX-License-Identifier: MIT\n'
MADE_UP = {
    'lib/base/good.c': LICENCE_BLOCK + ' *\n * Does good.\n */\n' + (
        '/**\n * ptq_good:\n *\n * Returns: or %PTQ_ERROR_READ\n *\n'
        ' * Since: 0.1\n */\n'
        '/**\n * ptq_old:\n */\n'
        '/**\n * ptq_vague:\n * @error: an error\n *\n * Since: 0.1\n */\n'),
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
