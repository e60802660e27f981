#!/usr/bin/env python3
"""Reads every #include of the tree against the table of allowed arrows, and the house's size rules.

    layers.py ROOT          prints one line per violation (file:line: rule); status 1 when there is any
    layers.py --self-test   builds small wrong trees and proves that each rule catches its own
"""

import os
import re
import sys
import tempfile

TREES = ("shared", "server", "console", "tests")
CODE = (".h", ".cpp")
TEXT = CODE + (".md", ".txt", ".cmake", ".sh", ".py", ".mjs", ".json", ".sql", ".qss", ".qrc", ".service", ".desktop")
SKIPPED_FOLDERS = {".git", "build", ".cache", "node_modules"}

MAX_LINES = {".h": 150, ".cpp": 400}
MAX_README_LINES = 15

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
GENERATED = re.compile(r"(^|/)(tst_\w+|\w+)\.moc$|(^|/)moc_\w+\.cpp$|(^|/)ui_\w+\.h$")
# Folders that exist on a developer's machine only; the brackets keep this file itself clean.
FOREIGN_PATH = re.compile(r"(?<!\w)/[w]ork/|\.\./[s]hared\b")


class Table:
    """The arrows: which room may include which."""

    def __init__(self, text):
        self.allowed = {}
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#", 1)[0].strip()
            if not line:
                continue
            room, arrow, targets = line.partition("->")
            if not arrow:
                raise ValueError(f"arrows.txt:{number}: no '->' in: {line}")
            self.allowed[room.strip()] = targets.split()

    def room_of(self, path):
        """The room with the longest name that holds this path, or None."""
        rooms = [room for room in self.allowed if path.startswith(room + "/")]
        return max(rooms, key=len, default=None)

    def permits(self, room, target):
        def covers(rule):
            return rule == "*" or target == rule or target.startswith(rule + "/")

        return target == room or any(covers(rule) for rule in self.allowed[room])


def files_of(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS and not f.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                yield os.path.relpath(path, root)


def lines_of(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def check_includes(root, table, path, lines):
    room = table.room_of(path)
    if room is None:
        yield f"{path}:1: this folder is no room of tests/layers/arrows.txt"
        return
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, target = match.group(1) == '"', match.group(2)
        if GENERATED.search(target):
            continue
        ours = target.split("/", 1)[0] in TREES
        if quoted and not (ours and os.path.isfile(os.path.join(root, target))):
            yield f'{path}:{number}: "{target}" is no file below the root, which is the only include path'
        elif ours:
            target_room = table.room_of(target)
            if target_room is None or not table.permits(room, target_room):
                allowed = " ".join(table.allowed[room]) or "nothing"
                yield f"{path}:{number}: {room} may not include {target} (allowed: itself, {allowed})"


def check_size(path, lines):
    limit = MAX_LINES[os.path.splitext(path)[1]]
    if len(lines) > limit:
        yield f"{path}:{limit + 1}: {len(lines)} lines, at most {limit} are allowed here"


def check_readme(root, room):
    path = f"{room}/README.md"
    if not os.path.isfile(os.path.join(root, path)):
        yield f"{path}:1: missing; every room says in {MAX_README_LINES} lines what it is for"
        return
    count = len(lines_of(root, path))
    if count > MAX_README_LINES:
        yield f"{path}:{MAX_README_LINES + 1}: {count} lines, at most {MAX_README_LINES} are allowed"


def check_foreign_paths(path, lines):
    for number, line in enumerate(lines, 1):
        if FOREIGN_PATH.search(line):
            yield f"{path}:{number}: names a folder that only a developer's machine has"


def check_tree(root):
    with open(os.path.join(root, "tests/layers/arrows.txt"), encoding="utf-8") as file:
        table = Table(file.read())
    rooms = set()
    for path in files_of(root):
        extension = os.path.splitext(path)[1]
        if extension not in TEXT and path != "run":
            continue
        lines = lines_of(root, path)
        yield from check_foreign_paths(path, lines)
        if extension in CODE and path.split("/", 1)[0] in TREES:
            yield from check_includes(root, table, path, lines)
            yield from check_size(path, lines)
            rooms.add(table.room_of(path))
    for room in sorted(rooms - {None, "tests"}):
        yield from check_readme(root, room)


# ---- self-test -------------------------------------------------------------------------------

ARROWS = "shared/base ->\nserver/core -> shared/base\nserver/api -> shared server/core\ntests -> *\n"
GOOD = {
    "shared/base/a.h": "#include <QString>\n",
    "shared/base/README.md": "Ground.\n",
    "server/core/README.md": "Rules.\n",
    "server/core/c.h": '#include "shared/base/a.h"\n',
    "server/core/c.cpp": '#include "server/core/c.h"\n#include "c.moc"\n',
    "server/api/README.md": "Routes.\n",
    "server/api/r.cpp": '#include "server/core/c.h"\n#include "shared/base/a.h"\n',
    "tests/server/tst_c.cpp": '#include "server/core/c.h"\n#include "tst_c.moc"\n',
}
# What is added to the good tree, and the one line that must come of it.
WRONG = [
    ({"shared/base/b.h": '\n#include "server/core/c.h"\n'},
     "shared/base/b.h:2: shared/base may not include server/core/c.h (allowed: itself, nothing)"),
    ({"server/core/d.cpp": "#include <server/api/r.cpp>\n"},
     "server/core/d.cpp:1: server/core may not include server/api/r.cpp (allowed: itself, shared/base)"),
    ({"server/core/e.cpp": '#include "c.h"\n'},
     'server/core/e.cpp:1: "c.h" is no file below the root, which is the only include path'),
    ({"server/core/f.cpp": '#include "tests/server/tst_c.cpp"\n'},
     "server/core/f.cpp:1: server/core may not include tests/server/tst_c.cpp (allowed: itself, shared/base)"),
    ({"server/attic/g.h": "\n"}, "server/attic/g.h:1: this folder is no room of tests/layers/arrows.txt"),
    ({"server/core/long.h": "\n" * 151}, "server/core/long.h:151: 151 lines, at most 150 are allowed here"),
    ({"server/core/long.cpp": "\n" * 401}, "server/core/long.cpp:401: 401 lines, at most 400 are allowed here"),
    ({"tests/server/long.h": "\n" * 151}, "tests/server/long.h:151: 151 lines, at most 150 are allowed here"),
    ({"tests/server/tst_long.cpp": "\n" * 401}, "tests/server/tst_long.cpp:401: 401 lines, at most 400 are allowed here"),
    ({"server/core/README.md": "x\n" * 16}, "server/core/README.md:16: 16 lines, at most 15 are allowed"),
    ({"server/core/README.md": None},
     "server/core/README.md:1: missing; every room says in 15 lines what it is for"),
    ({"README.md": "see ../" + "shared/x\n"}, "README.md:1: names a folder that only a developer's machine has"),
    ({"run": "cd /" + "work/here\n"}, "run:1: names a folder that only a developer's machine has"),
]


def violations_with(changes):
    with tempfile.TemporaryDirectory() as root:
        for path, text in {"tests/layers/arrows.txt": ARROWS, **GOOD, **changes}.items():
            if text is None:
                continue
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return list(check_tree(root))


def self_test():
    failures = 0
    for changes, expected in [({}, None)] + WRONG:
        found = violations_with(changes)
        if found != ([] if expected is None else [expected]):
            failures += 1
            print(f"FAIL: expected {expected!r}\n      found {found!r}")
    print(f"{len(WRONG) + 1 - failures} of {len(WRONG) + 1} trees judged rightly")
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    found = list(check_tree(sys.argv[1]))
    for violation in found:
        print(violation)
    print(f"{len(found)} violations" if found else "Every include follows an arrow.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
