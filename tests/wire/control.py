"""The control route, for tests that run in another process:

POST /control/script    {"provider": "anthropic", "model": null, "plays": [{"text": "Hello there"}]}
POST /control/always    {"delay_seconds": 2}: what every request gets that no script is for
POST /control/release   lets every held reply go on
POST /control/reset     forgets requests and scripts
GET  /control/requests  every request so far (?: long strings cut short)
GET  /control/state     {"requests": 3, "held": 1}
GET  /control/addresses base URL and key of each provider, and the environment variables that lead here
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.wire.plays import Play

if TYPE_CHECKING:
    from tests.wire.server import WireServer


def control(wire: WireServer, method: str, path: str, raw: bytes) -> tuple[int, Any]:
    """Status and JSON answer of one control request."""
    verb = f"{method} {path.removeprefix('/control/')}"
    try:
        if verb == "POST script":
            data = json.loads(raw)
            plays = [Play.from_json(one) for one in data["plays"]]
            wire.script(*plays, provider=data.get("provider"), model=data.get("model"))
            return 200, {"queued": len(plays)}
        if verb == "POST always":
            wire.always(Play.from_json(json.loads(raw)))
            return 200, {}
        if verb == "POST release":
            wire.release()
            return 200, {}
        if verb == "POST reset":
            wire.reset()
            return 200, {}
    except (ValueError, KeyError, TypeError) as error:
        return 400, {"error": str(error)}
    if verb == "GET requests":
        return 200, [one.to_json() for one in list(wire.requests)]
    if verb == "GET state":
        return 200, {"requests": len(wire.requests), "held": wire.held}
    if verb == "GET addresses":
        return 200, {
            "base_urls": {name: wire.base_url(name) for name in wire.keys},
            "keys": wire.keys,
            "environment": wire.environment(),
        }
    return 404, {"error": f"no control {verb}"}
