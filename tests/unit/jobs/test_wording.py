"""Code without its words: what only people read goes, what computes stays."""

import ast
from pathlib import Path

import pytest

from cisfuse.jobs.wording import without_wording

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow" / "scripts"


def code(text: str) -> str:
    return ast.unparse(without_wording(ast.parse(text)))


def same(one: str, other: str) -> bool:
    return code(one) == code(other)


TEXTS = ["'first'", "f'second {len(x)}'", "'third' if x else f'fourth {x}'"]
MESSAGES = [
    "def f(x):\n    raise ValueError(TEXT)",
    "def f(x):\n    raise errors.InputError(TEXT) from error",
    "def f(x):\n    raise InputError(str(path) + TEXT, fix=TEXT)",
    "def f(x) -> DamagedFileError:\n    return DamagedFileError(TEXT)",
    "def f(x):\n    raise request.refuse(TEXT)",
    "def f(x):\n    raise _damaged(path, TEXT)",
    "def f(x):\n    text.fail(3, TEXT, TEXT)",
    "def f(x):\n    fail(path, 3, TEXT, fix=TEXT)",
    "def f(x):\n    text.check(x > 3, lambda row: TEXT, TEXT)",
    "def f(x):\n    text.check(x > 3, problem=lambda row, x=x: TEXT, fix=TEXT)",
    "def f(x):\n    fix = TEXT\n    raise InputError(f'{path}; {fix}')",
    "def f(x):\n    fix = TEXT\n    why = f'{fix}!'\n    logger.info(why)",
    "def f(x):\n    def g():\n        raise InputError(fix)\n    fix = TEXT\n    return g",
    "if x:\n    logger.info(TEXT, x)",
    "try:\n    work()\nexcept OSError as error:\n    logger.exception(TEXT)",
    "match x:\n    case 3:\n        logging.warning(TEXT, extra=TEXT)",
    "for x in y:\n    logger.log(level, TEXT)",
]


@pytest.mark.parametrize("code_of", MESSAGES)
def test_a_reworded_text_is_the_same_code(code_of):
    versions = {code(code_of.replace("TEXT", text)) for text in TEXTS}
    assert len(versions) == 1
    assert not any(word in "".join(versions) for word in ("first", "second", "third", "fourth"))


def test_a_new_or_lost_log_line_is_the_same_code():
    assert same("def f():\n    return 3", "def f():\n    logger.info('three')\n    return 3")
    assert same("if x:\n    pass", "if x:\n    logger.info('x')")
    assert same("if x:\n    y = 3", "if x:\n    y = 3\nelse:\n    logger.debug('no x')")


def test_docstrings_comments_and_layout_are_no_code():
    text = "{}class A:\n{}    def f(self):\n{}        return 3"
    words = '"""Of a module."""\n# why\n', '    """Of A."""\n\n', '        """Of f."""\n'
    assert same(text.format("", "", ""), text.format(*words))
    assert code('"""Words alone."""') == "pass"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("raise ValueError('x')", "raise KeyError('x')"),
        ("if x > 3:\n    raise ValueError('x')", "if x > 4:\n    raise ValueError('x')"),
        ("text.check(x > 3, 'x', 'y')", "text.check(x > 4, 'x', 'y')"),
        ("text.check(x > 3, 'x', 'y')", "text.check(x > 3, 'x')"),
        ("text.check('label', 'x')", "check('label', 'x')"),
        ("y = check(x, 'int64')", "y = check(x, 'int32')"),  # no statement, and so its value counts
        ("loss = MeanSquaredError(reduction='sum')", "loss = MeanSquaredError(reduction='none')"),
        ("return_ = StopIteration('x')", "return_ = StopIteration('y')"),
        ("raise Interrupted(3, 'x')", "raise Interrupted(4, 'x')"),
        ("logger.setLevel('INFO')", "logger.setLevel('DEBUG')"),
        ("x.info('mean')", "x.info('median')"),
        ("def f():\n    x = 'mean'\n    return x", "def f():\n    x = 'sum'\n    return x"),
        ("KIND = 'mean'", "KIND = 'median'"),  # another module may read it
        (
            "def f():\n    class A:\n        kind = 'mean'\n    return A",
            "def f():\n    class A:\n        kind = 'sum'\n    return A",
        ),
        (
            "def f():\n    global kind\n    kind = 'mean'",
            "def f():\n    global kind\n    kind = 'sum'",
        ),
        (
            "def f():\n    x = g(3)\n    logger.info(x)",
            "def f():\n    x = g(4)\n    logger.info(x)",
        ),
    ],
)
def test_a_calculation_is_never_hidden(one, other):
    assert not same(one, other)


@pytest.mark.parametrize("message", ["raise ValueError({})", "logger.info({})", "text.fail(0, {})"])
@pytest.mark.parametrize(
    "calculation",
    ["(x := {})", "f'{{(x := {})}}'", "(yield {})", "rows.pop({})", "f'{{rng.random({})}}'"],
)
def test_what_a_message_does_beside_showing_stays(message, calculation):
    one, other = (
        "def f():\n    " + message.replace("{}", calculation.format(number)) for number in (3, 4)
    )
    assert not same(one, other)


def test_waiting_in_a_message_stays():
    text = "async def f():\n    raise ValueError(await g({}))"
    assert not same(text.format(3), text.format(4))


@pytest.mark.parametrize("path", sorted(SCRIPTS.rglob("*.py")), ids=lambda path: path.stem)
def test_what_is_left_of_the_library_is_code(path):
    left = code(path.read_text(encoding="utf-8"))
    compile(left, path.name, "exec")
    assert code(left) == left


def test_helpers_that_are_taken_for_errors_make_nothing_else():
    found = []
    for path in SCRIPTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in ("fail", "refuse"):
                found.append(node.name)
                returned = ast.unparse(node.returns)
                assert returned == "NoReturn" or returned.endswith("Error"), path
    assert {"fail", "refuse"} <= set(found)
