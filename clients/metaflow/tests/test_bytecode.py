"""What an installation has compiled goes into the code package."""

import os
import py_compile
import subprocess
import sys

import pytest

#: A little after any source of a test was written.
LATER = 2_000_000_000


@pytest.fixture()
def compiled(folder):
    # Not imported above: Metaflow reads its environment when it is first imported, and so after "folder" has set it.
    from metaflow_extensions.millrace.plugins.millrace.bytecode import compiled

    return compiled


@pytest.fixture()
def source(tmp_path):
    file = tmp_path / "probe.py"
    file.write_text("x = 1\n")
    py_compile.compile(str(file))
    return file


def imported(folder):
    return subprocess.run(
        [sys.executable, "-c", "import probe; print(probe.x)"], cwd=folder, text=True, capture_output=True, check=True
    ).stdout


def test_it_holds_wherever_its_source_lies(source, compiled, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "__pycache__").mkdir(parents=True)
    (elsewhere / "__pycache__" / ("probe.%s.pyc" % sys.implementation.cache_tag)).write_bytes(compiled(str(source)))
    # Python asks for a source, and reads only what is compiled: else this one's value would be seen.
    (elsewhere / "probe.py").write_text("x = 2\n")
    os.utime(elsewhere / "probe.py", (LATER, LATER))
    assert imported(elsewhere) == "1\n"


@pytest.mark.parametrize("change", [
    lambda source: os.utime(source, (LATER, LATER)),
    lambda source: source.write_text("x = 2, 3\n"),
    lambda source: source.unlink(),
    lambda source: py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH),
    lambda source: (source.parent / "__pycache__" / ("probe.%s.pyc" % sys.implementation.cache_tag)).unlink(),
], ids=["touched", "edited", "removed", "by-hash", "not-compiled"])
def test_what_python_might_not_take_stays_here(source, compiled, change):
    change(source)
    assert compiled(str(source)) is None


def test_a_step_of_a_deployed_flow_compiles_next_to_nothing_of_metaflow(millrace):
    millrace.call("linear.py", "millrace", "create")
    code = "%s/.mf_code/metaflow/" % next((millrace.folder / ".metaflow/LinearFlow/millrace-code").iterdir())
    done = subprocess.run(
        [sys.executable, "-B", "-v", "-c", "import metaflow.cli"],
        env=millrace.environment(PYTHONPATH=os.path.dirname(code[:-1])), cwd=millrace.folder,
        text=True, capture_output=True, check=True,
    )
    read = done.stderr.count("code object from '%s" % code)
    made = done.stderr.count("code object from %s" % code)
    # What an import here has failed at, such as yaml's part in C, is not among them.
    assert read > 100 and made < 5
