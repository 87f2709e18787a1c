#!/usr/bin/env python3
"""Counts the cases of a test run: count-cases.py MESON-LOGS

Prints 'N passed, N failed, N skipped' and exits with 1 when one failed or none
ran. A program that speaks TAP counts with each of its cases, any other as one.
A program that broke off counts as one failure more than its cases tell.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree

BAD = {'error', 'failure'}


def cases_by_program(path):
    """The outcomes of the cases of every program that reported cases."""
    programs = {}
    for suite in xml.etree.ElementTree.parse(path).getroot():
        for case in suite.iter('testcase'):
            tags = {child.tag for child in case}
            outcome = ('failed' if tags & BAD else
                       'skipped' if 'skipped' in tags else 'passed')
            programs.setdefault(suite.get('name'), []).append(outcome)
    return programs


def outcome_of_program(result):
    """What the program as a whole came to, in the same words."""
    if result in ('OK', 'EXPECTEDFAIL'):
        return 'passed'
    return 'skipped' if result == 'SKIP' else 'failed'


def count(logs):
    # the name of a test setup is part of the name: testlog-valgrind.json
    log, = logs.glob('testlog*.json')
    programs = cases_by_program(log.with_suffix('.junit.xml'))
    total = {'passed': 0, 'failed': 0, 'skipped': 0}
    for line in log.read_text().splitlines():
        program = json.loads(line)
        whole = outcome_of_program(program['result'])
        outcomes = list(programs.get('gst-ptq.' + program['name'], []))
        if not outcomes or (whole == 'failed' and 'failed' not in outcomes):
            outcomes.append(whole)
        for outcome in outcomes:
            total[outcome] += 1
    return total


def main():
    try:
        total = count(pathlib.Path(sys.argv[1]))
    except (OSError, ValueError, xml.etree.ElementTree.ParseError) as error:
        print(f'count-cases: no results to count: {error}', file=sys.stderr)
        total = {'passed': 0, 'failed': 1, 'skipped': 0}
    print('{passed} passed, {failed} failed, {skipped} skipped'.format(**total))
    sys.exit(1 if total['failed'] or not total['passed'] else 0)


main()
