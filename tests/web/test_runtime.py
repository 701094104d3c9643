"""One runtime per process, opened on demand; the policy still fits the Streamlit that is installed."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from pathlib import Path

import streamlit

from vision import runtime
from vision.settings import Settings
from vision.web.headers import POLICY


def test_there_is_one_runtime_and_it_can_be_opened_again(tmp_path: Path) -> None:
    assert not runtime.started()
    found: list[runtime.Runtime] = []
    settings = Settings(data_dir=tmp_path)
    threads = [threading.Thread(target=lambda: found.append(runtime.start(settings))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert len({id(one) for one in found}) == 1
        assert runtime.current() is found[0]
    finally:
        runtime.stop()
    assert not runtime.started()
    again = runtime.start(settings)
    assert again is not found[0]
    runtime.stop()


def test_the_policy_knows_streamlits_one_inline_script() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    scripts: list[str] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in POLICY
