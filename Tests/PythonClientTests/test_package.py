"""The package as it is installed."""

import importlib.metadata
import re
import shutil
import subprocess
import sys

import cache_client
import pytest
from programs import ROOT

SOURCE = ROOT / "Sources/PythonClient"


@pytest.mark.timeout(180)
def test_its_types():
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", SOURCE / "pyproject.toml"]
    result = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_its_version():
    product = re.search(r'"(.+)"', (ROOT / "Sources/ocm/Version.swift").read_text()).group(1)
    assert cache_client.__version__ == importlib.metadata.version("ocm-cache-client") == product


@pytest.mark.timeout(180)
def test_installing_it(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__", ".*"))
    # What pip would fetch to build it is in requirements.txt.
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation", "--no-deps"]
    subprocess.run([*command, "--target", target, source], check=True)
    assert (target / "cache_client/py.typed").exists() and (target / "bin/cache-client").exists()
    installed = {path.name for path in (target / "cache_client").glob("*.py")}
    assert installed == {path.name for path in (SOURCE / "cache_client").glob("*.py")}
    metadata = next(target.glob("*.dist-info/METADATA")).read_text()
    assert "License-Expression: Apache-2.0" in metadata and "Requires-Dist" not in metadata
    # Neither the editable installation nor anything else is found from here.
    run = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(target)!r}); import cache_client.cli"]
    subprocess.run(run, check=True, cwd=tmp_path)
