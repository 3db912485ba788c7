"""What steps of local mode get of the credentials of whoever deploys, for each datastore."""

import os

import pytest


@pytest.fixture()
def credentials(monkeypatch, tmp_path):
    """In an environment that knows none, and a folder of its own."""
    from metaflow_extensions.millrace.plugins.millrace import credentials

    for name in list(os.environ):
        if name.startswith(("AWS_", "AZURE_", "GOOGLE_", "CLOUDSDK_", "STORAGE_", "REQUESTS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return credentials


@pytest.mark.parametrize(
    "store, file, word, secret",
    [
        ("s3", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE", "AWS_SECRET_ACCESS_KEY"),
        ("azure", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"),
        ("gs", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GOOGLE_API_KEY"),
    ],
)
def test_steps_get_what_names_files_in_full_and_no_secret(credentials, monkeypatch, tmp_path, store, file, word, secret):
    for name, value in ((file, "mine"), (word, "me"), (secret, "s3cret")):
        monkeypatch.setenv(name, value)
    assert credentials.handed_on(store) == {file: str(tmp_path / "mine"), word: "me"}
    assert credentials.handed_on("local") == {}


@pytest.mark.parametrize(
    "store, secret, file, advice",
    [
        ("s3", "AWS_ACCESS_KEY_ID", "AWS_CONFIG_FILE", "~/.aws/credentials"),
        ("azure", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "az login"),
    ],
)
def test_a_secret_that_steps_would_not_get_is_refused_where_no_file_stands_in(
    credentials, monkeypatch, tmp_path, store, secret, file, advice
):
    from metaflow_extensions.millrace.plugins.millrace.api import MillraceException

    credentials.check(store)
    monkeypatch.setenv(secret, "s3cret")
    with pytest.raises(MillraceException) as refusal:
        credentials.check(store)
    assert secret in str(refusal.value) and advice in str(refusal.value)
    (tmp_path / "mine").touch()
    monkeypatch.setenv(file, "mine")
    credentials.check(store)
