/**
 * What runs inside the sandbox beside pytest, as text: one program that loads the project's tests with a plugin of
 * ours and writes result lines. It reads `request.json` beside itself. For mutants it forks a process each, so that
 * pytest is loaded once and no test sees what another mutant left in memory.
 */
export const PYTEST_HARNESS: string = String.raw`import ast
import datetime
import json
import os
import random
import signal
import sys
import time

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
with open(os.path.join(HERE, "request.json"), encoding="utf-8") as file:
    REQUEST = json.load(file)
OUT = os.open(os.path.join(HERE, "results.ndjson"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
LIMIT = 4000


def emit(line):
    os.write(OUT, (json.dumps(line) + "\n").encode("utf-8", "replace"))


def cut(text):
    return str(text)[:LIMIT]


class Plugin:
    def __init__(self, seed=None, mutant=None, cov=None):
        self.seed = seed
        self.mutant = mutant
        self.cov = cov

    def say(self, line):
        if self.mutant is not None:
            line["mutant"] = self.mutant
        emit(line)

    def pytest_collection_modifyitems(self, items):
        if self.seed is not None:
            random.Random(self.seed).shuffle(items)

    def pytest_collectreport(self, report):
        if report.failed:
            self.say({"type": "load-failure", "id": report.nodeid, "text": cut(report.longrepr)})

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        if self.cov is not None:
            self.cov.switch_context(item.nodeid)
        yield
        if self.cov is not None:
            self.cov.switch_context("")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        outcome = yield
        report = outcome.get_result()
        if report.when != "call" and report.passed:
            return
        line = {"type": "test", "id": item.nodeid, "status": report.outcome, "ms": report.duration * 1000}
        if report.failed:
            line["failure"] = describe(item, call, report)
        self.say(line)

    def pytest_warning_recorded(self, warning_message):
        name = warning_message.category.__name__
        if name.startswith("PytestUn") and "Mark" not in name:
            self.say({"type": "stray", "text": cut(warning_message.message)})


def describe(item, call, report):
    excinfo = call.excinfo
    if excinfo is None:
        return {"name": "Error", "message": cut(report.longrepr), "assertion": False, "stack": ""}
    kind = excinfo.typename
    frames = [(str(entry.path), entry.lineno + 1) for entry in excinfo.traceback]
    # An assertion that the code under test makes is none of the test.
    last = next((path for path, _ in reversed(frames) if path.startswith(ROOT + os.sep)), None)
    own = last is None or last == str(item.path)
    is_assertion = excinfo.errisinstance(AssertionError) or kind == "Failed"
    crash = getattr(report.longrepr, "reprcrash", None)
    message = crash.message if crash is not None else str(excinfo.value)
    stack = "\n".join("%s:%d" % (path, line) for path, line in frames[-20:])
    return {"name": kind, "message": cut(message), "assertion": bool(is_assertion and own), "stack": cut(stack)}


def shift_clock(shift):
    if shift == 0:
        return
    real_time, real_ns = time.time, time.time_ns
    real_datetime, real_date = datetime.datetime, datetime.date
    time.time = lambda: real_time() + shift
    time.time_ns = lambda: real_ns() + int(shift * 1_000_000_000)

    class DateMeta(type):
        def __instancecheck__(cls, value):
            return isinstance(value, cls.__mro__[1])

        def __subclasscheck__(cls, other):
            return issubclass(other, cls.__mro__[1])

    class ShiftedDateTime(real_datetime, metaclass=DateMeta):
        @classmethod
        def now(cls, tz=None):
            return real_datetime.now(tz) + datetime.timedelta(seconds=shift)

        @classmethod
        def utcnow(cls):
            return real_datetime.utcnow() + datetime.timedelta(seconds=shift)

        @classmethod
        def today(cls):
            return real_datetime.today() + datetime.timedelta(seconds=shift)

    class ShiftedDate(real_date, metaclass=DateMeta):
        @classmethod
        def today(cls):
            return (real_datetime.today() + datetime.timedelta(seconds=shift)).date()

    datetime.datetime, datetime.date = ShiftedDateTime, ShiftedDate


def run(plugin, ids):
    os.chdir(ROOT)
    arguments = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-o", "addopts=", "--rootdir", ROOT]
    return int(pytest.main([*arguments, *ids], plugins=[plugin]))


def run_tests():
    cov = open_coverage() if REQUEST["coverage"] else None
    shift_clock(REQUEST["clockShiftMs"] / 1000)
    if cov is not None:
        cov.start()
    code = run(Plugin(REQUEST["shuffleSeed"], None, cov), REQUEST["run"])
    if cov is not None:
        cov.stop()
        write_coverage(cov)
    emit({"type": "end", "code": code})


def open_coverage():
    try:
        import coverage
    except ImportError:
        emit({"type": "note", "text": "coverage.py is not there"})
        return None
    sources = [os.path.join(ROOT, path) for path in REQUEST["sources"]]
    return coverage.Coverage(data_file=None, branch=True, config_file=False, include=sources)


def write_coverage(cov):
    from coverage.parser import PythonParser

    data = cov.get_data()
    contexts = [context for context in data.measured_contexts()]
    files = []
    for path in REQUEST["sources"]:
        full = os.path.join(ROOT, path)
        try:
            parser = PythonParser(filename=full)
            parser.parse_source()
            with open(full, encoding="utf-8") as file:
                tree = ast.parse(file.read())
        except Exception as problem:
            emit({"type": "note", "text": cut("%s: %s" % (path, problem))})
            continue
        arms = {}
        for start, end in parser.arcs():
            arms.setdefault(start, set()).add(end)
        branches = [[line, sorted(arms[line])] for line, exits in sorted(parser.exit_counts().items())
                    if exits > 1 and line in arms and len(arms[line]) > 1]
        lines = {}
        arcs = {}
        for context in contexts:
            data.set_query_context(context)
            lines[context] = sorted(parser.translate_lines(data.lines(full) or []))
            arcs[context] = sorted(parser.translate_arcs(data.arcs(full) or []))
        data.set_query_contexts(None)
        total = len(open(full, encoding="utf-8").read().split("\n"))
        files.append({
            "path": path,
            "statements": sorted(parser.statements),
            "branches": branches,
            "functions": list_functions(tree),
            "first": [parser.first_line(number) for number in range(1, total + 1)],
            "lines": lines,
            "arcs": arcs,
        })
    with open(os.path.join(HERE, "coverage.json"), "w", encoding="utf-8") as file:
        json.dump({"files": files}, file)


def list_functions(tree):
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append([node.name, node.lineno, node.body[0].lineno, node.end_lineno])
    return sorted(found, key=lambda one: one[1])


def run_mutants():
    for job in REQUEST["mutants"]:
        path = os.path.join(ROOT, job["file"])
        with open(path, "rb") as file:
            before = file.read()
        with open(path, "wb") as file:
            file.write(job["text"].encode("utf-8"))
        end = fork(job)
        with open(path, "wb") as file:
            file.write(before)
        emit({"type": "mutant-end", "mutant": job["id"], "end": end})
    emit({"type": "end", "code": 0})


def fork(job):
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setsid()
            code = run(Plugin(None, job["id"], None), job["tests"])
        finally:
            os._exit(code & 127)
    until = time.monotonic() + REQUEST["mutantMs"] / 1000
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid != 0:
            kill(child)
            # 0 to 5 are pytest's own codes; 2 is a file that does not load.
            return "ended" if os.WIFEXITED(status) and os.WEXITSTATUS(status) in (0, 1, 2, 5) else "died"
        time.sleep(0.003)
    kill(child)
    os.waitpid(child, 0)
    return "timed-out"


def kill(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass


def check_mutants():
    for job in REQUEST["mutants"]:
        with open(os.path.join(ROOT, job["file"]), encoding="utf-8") as file:
            before = file.read()
        try:
            code = compile(job["text"], job["file"], "exec")
        except (SyntaxError, ValueError):
            emit({"type": "unfit", "mutant": job["id"]})
            continue
        if strip(code) == strip(compile(before, job["file"], "exec")):
            emit({"type": "unfit", "mutant": job["id"]})
    emit({"type": "end", "code": 0})


def strip(code):
    constants = tuple(strip(one) if hasattr(one, "co_code") else (type(one).__name__, repr(one)) for one in code.co_consts)
    return (code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars)


if REQUEST["mode"] == "check":
    check_mutants()
else:
    sys.path[0] = ROOT
    sys.path[1:1] = [os.path.join(ROOT, path) for path in REQUEST["paths"]]
    sys.dont_write_bytecode = True
    run_mutants() if REQUEST["mode"] == "mutants" else run_tests()
`;
