"""What importing the compiler costs."""

import subprocess
import sys


def test_jinja_is_imported_with_the_first_expression() -> None:
    script = """
import sys
from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.model.document import Scalar
compiler = ExpressionCompiler(Problems())
span = Span(Source("x", "1"), 1, 1, 1, 2)
assert compiler.template(Scalar("plain", "plain", span)) is not None
assert "jinja2" not in sys.modules
assert compiler.expression(Scalar(1, "1", span)) is not None
assert "jinja2" in sys.modules
assert "jinja2.sandbox" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
