"""Extracting a code package for processes of this machine."""

import io
import tarfile

import pytest


@pytest.fixture()
def extract(folder):
    # Not imported above: Metaflow reads its environment when it is first imported, and so after "folder" has set it.
    from metaflow_extensions.millrace.plugins.millrace.deploy import extract

    return extract


def package(**sources: str) -> bytes:
    blob = io.BytesIO()
    with tarfile.open(fileobj=blob, mode="w:gz") as archive:
        for name, text in sources.items():
            entry = tarfile.TarInfo(".mf_code/" + name.replace("__", "/") + ".py")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return blob.getvalue()


def test_a_package_is_extracted_once(tmp_path, extract):
    folder = tmp_path / "code"
    extract(package(flow="x = 1\n"), str(folder))
    extract(package(flow="x = 2\n"), str(folder))
    assert (folder / ".mf_code/flow.py").read_text() == "x = 1\n"
    assert [file.name for file in tmp_path.iterdir()] == ["code"]
