#!/usr/bin/env python3
"""Runs clang-tidy over our sources: tidy.py BUILD_DIR [--jobs N]

Most of clang-tidy's time goes into Qt's and the standard library's headers, once per source. So
sources are read together, as one translation unit that includes them; files that do not fit into one
(because they use the same private name) go into different units. A group that was clean
is not read again until one of its files, a header of ours that they include, or .clang-tidy changes.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TREES = ("shared", "server", "console", "tests")
FILES_PER_GROUP = 40
# Only to see whether a unit compiles.
CHEAPEST_CHECK = "-*,google-readability-todo"
OURS = r"(shared|server|console|tests)/.*\.(h|cpp)$"
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]((?:shared|server|console|tests)/[^>"]+)[>"]', re.M)
# Several test programs in one unit may have only one main function, so they get none.
PROLOGUE = """#include <QTest>
#undef QTEST_MAIN
#undef QTEST_APPLESS_MAIN
#undef QTEST_GUILESS_MAIN
#define QTEST_MAIN(Class)
#define QTEST_APPLESS_MAIN(Class)
#define QTEST_GUILESS_MAIN(Class)
"""

Source = collections.namedtuple("Source", "path flags")


def flags_of(entry):
    """The compiler's name and the options that matter to a reader of the source."""
    words = shlex.split(entry["command"])
    while words and not re.search(r"(\+\+|clang)(-\d+)?$", words[0]):
        words.pop(0)  # what the compiler is started through
    kept, skip_next = [words[0]], False
    for word in words[1:]:
        if skip_next:
            skip_next = False
        elif word in ("-o", "-c", "-MF", "-MT", "-MQ", "-include"):
            skip_next = word != "-c"  # -include: GCC's precompiled header means nothing to clang
        elif word not in ("-Werror", "-MD", "-MMD", "-Winvalid-pch", "-Wno-maybe-uninitialized") and word != entry["file"] and not word.startswith("-fsanitize"):
            kept.append(word)
    return tuple(kept)


def members_of(path):
    """The sources that a unit of CMake's unity build includes; any other file is its own."""
    if os.path.basename(os.path.dirname(path)) != "Unity":
        return [path]
    with open(path, encoding="utf-8") as file:
        return re.findall(r'^#include "([^"]+)"', file.read(), re.M)


def sources_of(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    seen = {}
    for entry in entries:
        flags = flags_of(entry)
        for file in members_of(entry["file"]):
            path = os.path.relpath(file, ROOT)
            if path.split(os.sep, 1)[0] in TREES:
                seen.setdefault(path, Source(path, flags))
    return [seen[path] for path in sorted(seen)]


def groups_of(sources):
    """Neighbours together; test programs apart from ordinary sources, and widgets from what needs none."""
    kinds = collections.defaultdict(list)
    for source in sources:
        is_test = os.path.basename(source.path).startswith("tst_")
        is_console = source.path.startswith(("console/", "tests/console/"))
        kinds[(is_test, is_console)].append(source)
    for key in sorted(kinds):
        members = kinds[key]
        for first in range(0, len(members), FILES_PER_GROUP):
            yield members[first : first + FILES_PER_GROUP]


def merged_flags(group):
    """All options of the group's members, pairs such as `-isystem DIR` kept together, each once."""
    merged = [group[0].flags[0]]
    seen = set()
    for source in group:
        words = iter(source.flags[1:])
        for word in words:
            option = (word, next(words)) if word in ("-isystem", "-include", "-I", "-D") else (word,)
            if option not in seen:
                seen.add(option)
                merged.extend(option)
    return merged


def contents_with_headers(paths):
    """The text of these files and of every header of ours that they include, in a fixed order."""
    pending, texts = list(paths), {}
    while pending:
        path = pending.pop()
        if path in texts or not os.path.isfile(os.path.join(ROOT, path)):
            continue
        with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
            texts[path] = file.read()
        pending.extend(INCLUDE.findall(texts[path]))
    return "".join(path + "\0" + texts[path] + "\0" for path in sorted(texts))


class Tidy:
    def __init__(self, build):
        self.folder = os.path.join(build, "tidy")
        os.makedirs(os.path.join(self.folder, "clean"), exist_ok=True)
        with open(os.path.join(ROOT, ".clang-tidy"), encoding="utf-8") as file:
            self.rules = file.read()

    def run(self, group):
        """Findings of the group as text; empty when clean."""
        key = self.rules + " ".join(merged_flags(group)) + contents_with_headers(s.path for s in group)
        stamp = os.path.join(self.folder, "clean", hashlib.sha256(key.encode()).hexdigest())
        if os.path.exists(stamp):
            return ""
        findings = ""
        while group:
            unit, group = self.split(group)
            findings += self.read(self.unit_of(unit), merged_flags(unit))
        if not findings:
            open(stamp, "w", encoding="utf-8").close()
        return findings

    def split(self, group):
        """As many of the group as compile in one unit, and the others."""
        others = []
        while len(group) > 1:
            errors = self.read(self.unit_of(group), merged_flags(group) + ["-ferror-limit=0"], CHEAPEST_CHECK)
            places = set(re.findall(r"^([^\s:]+):\d+:\d+: error: .*\[clang-diagnostic-error\]$", errors, re.M))
            if not places:
                break
            misfits = [s for s in group[1:] if os.path.join(ROOT, s.path) in places] or group[len(group) // 2 :]
            others = misfits + others
            group = [s for s in group if s not in misfits]
        return group, others

    def unit_of(self, group):
        if len(group) == 1:
            return os.path.join(ROOT, group[0].path)
        has_tests = os.path.basename(group[0].path).startswith("tst_")
        name = re.sub(r"\W", "_", group[0].path)
        path = os.path.join(self.folder, name + ".cpp")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PROLOGUE if has_tests else "")
            file.writelines(f'#include "{os.path.join(ROOT, s.path)}"\n' for s in group)
        return path

    def read(self, path, flags, checks="-bugprone-suspicious-include"):
        command = ["clang-tidy", "--quiet", f"--header-filter={OURS}", f"--checks={checks}", path, "--", *flags[1:]]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode and not done.stdout:
            return done.stderr
        return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()

    tidy = Tidy(os.path.abspath(options.build))
    groups = list(groups_of(sources_of(options.build)))
    groups.sort(key=len, reverse=True)
    failed, done = 0, 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        futures = {pool.submit(tidy.run, group): group for group in groups}
        for future in concurrent.futures.as_completed(futures):
            done += 1
            findings = future.result()
            names = futures[future]
            print(f"[{done}/{len(groups)}] {names[0].path}" + (f" and {len(names) - 1} more" if names[1:] else ""), flush=True)
            if findings:
                failed += 1
                print(findings, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
