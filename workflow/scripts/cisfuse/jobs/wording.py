"""Code without the words that no result depends on, for digests of code."""

import ast
import builtins
from collections.abc import Iterator

from cisfuse.base import errors

LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
LOGGERS = {"logger", "logging"}
# What only ever makes an error: Python's classes, the family of cisfuse, and helpers.
_CLASSES = {**vars(builtins), **vars(errors)}.items()
ERRORS = {name for name, kind in _CLASSES if isinstance(kind, type) and issubclass(kind, Exception)}
ERRORS -= {"StopIteration", "StopAsyncIteration"}  # their arguments may be results
MAKERS = ERRORS | {"fail", "refuse"}
CHECK = "check"
# Methods that change what they are called on, or where a generator of random numbers stands.
CHANGING = {
    *("add", "append", "clear", "close", "discard", "extend", "insert", "pop", "popitem", "remove"),
    *("reverse", "send", "setdefault", "sort", "update", "write", "writelines", "next", "read"),
    *("choice", "integers", "normal", "permutation", "random", "shuffle", "uniform"),
}
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def without_wording(tree: ast.Module) -> ast.Module:
    """The same code, changed in place, without what only people read.

    Left out are

    - docstrings (comments and layout are no part of a tree);
    - statements that call a logger: ``logger.info(...)``;
    - the arguments of calls that make an error: of a class of Python or of
      `cisfuse.base.errors`, and of functions named ``fail`` and ``refuse``. That the error is
      made, and of which class it is, stays;
    - texts among the arguments of ``check(condition, problem, fix)``, where it is a statement,
      and of any other call that is raised. A text is a string, an f-string, a choice between
      two, or a lambda that returns one; the other arguments stay;
    - in a function, the assignment of a text to a name that is then read nowhere.

    A message or log line may compute what it shows. What does more than that stays whole: an
    argument or a log line that assigns (``:=``), yields or awaits, or calls one of `CHANGING`.
    """
    return _WithoutWording().visit(tree)


class _WithoutWording(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            del node.body[0]
        super().generic_visit(node)
        if isinstance(node, _FUNCTIONS):
            while unread := set(_unread_texts(node)):
                _Without(unread).visit(node)
        return _with_body(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Call):
            if _is_log_line(node.value) and not _changes(node.value):
                return None
            if _name_of(node.value) == CHECK:
                _drop_texts(node.value)
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call):
            _drop_texts(node.exc)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if _name_of(node) in MAKERS:
            node.args = [argument for argument in node.args if _changes(argument)]
            node.keywords = [keyword for keyword in node.keywords if _changes(keyword)]
        return self.generic_visit(node)


class _Without(ast.NodeTransformer):
    """Takes the given statements out."""

    def __init__(self, statements: set[ast.stmt]):
        self.statements = statements

    def visit(self, node: ast.AST) -> ast.AST | None:
        return None if node in self.statements else _with_body(super().visit(node))


def _with_body(node: ast.AST) -> ast.AST:
    """The node with ``pass`` where no statement of its body is left."""
    if getattr(node, "body", None) == []:
        node.body = [ast.Pass()]
    return node


def _name_of(call: ast.Call) -> str:
    """The last part of the name of what is called: ``fail`` of ``text.fail(...)``."""
    function = call.func
    return getattr(function, "attr", None) or getattr(function, "id", "")


def _is_log_line(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in LOGGERS
        and function.attr in LOG_METHODS
    )


def _is_text(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.IfExp(body=one, orelse=other):
            return _is_text(one) and _is_text(other)
        case ast.Lambda(body=body):
            return _is_text(body)
    return False


def _changes(node: ast.AST) -> bool:
    """Whether code may do more than compute what it shows."""
    return any(
        isinstance(part, ast.NamedExpr | ast.Yield | ast.YieldFrom | ast.Await)
        or (isinstance(part, ast.Call) and _name_of(part) in CHANGING)
        for part in ast.walk(node)
    )


def _drop_texts(call: ast.Call) -> None:
    """Empty the texts among the arguments; how many there are stays."""

    def emptied(value: ast.expr) -> ast.expr:
        return ast.Constant("") if _is_text(value) and not _changes(value) else value

    call.args = [emptied(argument) for argument in call.args]
    for keyword in call.keywords:
        keyword.value = emptied(keyword.value)


def _unread_texts(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.stmt]:
    """Statements that assign a text to one name that the function does not read."""
    if any(isinstance(node, ast.ClassDef) for node in ast.walk(function)):
        return  # its attributes are read elsewhere
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    read = {node.id for node in names if not isinstance(node.ctx, ast.Store)}
    for node in ast.walk(function):
        if isinstance(node, ast.Global | ast.Nonlocal):
            read.update(node.names)
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if name not in read and _is_text(value) and not _changes(value):
                    yield node
