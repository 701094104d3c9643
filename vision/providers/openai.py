"""OpenAI, through the Responses API of the official SDK; nothing is stored there. Errors: ``openai_errors``."""

# ruff: noqa: PLC0415 -- SDKs are imported on first use: all three take 2 s and 110 MB together
from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from vision.errors import BrokenAnswer, ConnectionFailed
from vision.messages import Answer, Delta, Json, Prepared, Request, Stop, Usage
from vision.models.refreshing import Listed
from vision.providers.failures import UNREADABLE, failure
from vision.providers.keys import CHECK_SECONDS, CONNECT_SECONDS, usable_address, usable_key
from vision.providers.lease import Lease
from vision.providers.openai_errors import BLOCKED_CODES, blocked_code, of_code, understand
from vision.providers.replaying import turns_with_items
from vision.providers.services import SERVICES
from vision.providers.telling import Telling
from vision.settings import Credential

if TYPE_CHECKING:
    import openai

_SERVICE = SERVICES["openai"]
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})


class OpenAIProvider:
    name = "openai"

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self._lease = Lease(self._connect)

    def _connect(self) -> openai.OpenAI:
        import openai

        from vision.providers.line_hook import reply_begins

        return openai.OpenAI(
            api_key=usable_key(self._credential, _SERVICE),
            base_url=usable_address(self._credential.base_url, _SERVICE),
            max_retries=0,
            http_client=openai.DefaultHttpxClient(follow_redirects=False, event_hooks={"response": [reply_begins]}),
        )

    def get_ready(self) -> None:
        """Loads the SDK and makes its client, so that the first question does not wait for it. Nothing is sent."""
        with self._lease.use():
            return

    def close(self) -> None:
        self._lease.retire()

    def stream(self, request: Request) -> Iterator[Delta | Answer]:
        import httpx2
        import openai

        body = request_body(request)
        telling = Telling(_SERVICE, request)
        timeout = httpx2.Timeout(request.timeout_seconds, connect=min(CONNECT_SECONDS, request.timeout_seconds))
        try:
            with (
                self._lease.use() as client,
                client.responses.create(**body, stream=True, timeout=timeout) as events,
            ):
                response = _Response()
                for event in events:
                    text = response.take(event)
                    if text:
                        yield telling.add(text)
                yield from self._finish(response, telling, request, events.response.headers)
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, *UNREADABLE) as error:
            if blocked_code(error) and not telling.begun:
                blocked = telling.answer(Stop.BLOCKED, Usage(), request_id=getattr(error, "request_id", None))
            else:
                raise understand(error, _SERVICE, request.model, self._secret, begun=telling.begun) from None
        else:
            return
        yield blocked

    def _finish(
        self, response: _Response, telling: Telling, request: Request, headers: Mapping[str, str]
    ) -> Iterator[Delta | Answer]:
        """The Answer, or the failures that the SDK does not raise: error events, and a stream that stopped early."""
        request_id = headers.get("x-request-id")
        code = response.error_code
        if code is not None and code not in BLOCKED_CODES:
            raise failure(
                of_code(code),
                _SERVICE,
                request.model,
                request_id=request_id,
                detail=f"{code}: {response.error_message}",
                secret=self._secret,
            )
        if code is None and response.final is None:
            html = not response.started and "event-stream" not in headers.get("content-type", "")
            raise failure(
                BrokenAnswer if html else ConnectionFailed,
                _SERVICE,
                request.model,
                request_id=request_id,
                detail="the stream ended without a response.completed",
                begun=response.started,
            )
        if not telling.begun and response.output_text:
            yield telling.add(response.output_text)  # some gateways send the text only at the end
        yield telling.answer(
            Stop.BLOCKED if code is not None else response.stop,
            response.usage,
            items=response.items,
            request_id=request_id,
            explanation=response.explanation,
        )

    def check(self) -> tuple[str, ...]:
        return tuple(model.id for model in self.listing())

    def listing(self) -> tuple[Listed, ...]:
        import httpx2
        import openai

        try:
            with self._lease.use() as client:
                return tuple(
                    Listed(model.id, retires=None if not model.shutdown_date else _day(model.shutdown_date))
                    for model in client.models.list(timeout=CHECK_SECONDS)
                )
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, *UNREADABLE) as error:
            raise understand(error, _SERVICE, "", self._secret) from None

    @property
    def _secret(self) -> str:
        return self._credential.key.get_secret_value()


class _Response:
    """Events of one stream, down to what an Answer needs. ``response.failed`` and ``error`` arrive as plain events."""

    def __init__(self) -> None:
        self.started = False
        self.final: Json | None = None
        self.error_code: str | None = None
        self.error_message = ""
        self._refusal = ""

    def take(self, arrived: openai.BaseModel) -> str:
        """Add one event; the text it brought, or ""."""
        event: Json = arrived.to_dict(mode="json", warnings=False)
        self.started = True
        kind = event.get("type")
        if kind == "response.output_text.delta":
            return str(event.get("delta") or "")
        if kind == "response.refusal.delta":
            self._refusal += str(event.get("delta") or "")
        elif kind == "error":
            self._fail(event)
        elif kind in _ENDS:
            self.final = event.get("response") or {}
            if kind == "response.failed":
                self._fail(self.final.get("error") or {})
        return ""

    def _fail(self, error: Json) -> None:
        self.error_code = str(error.get("code") or "server_error")
        self.error_message = str(error.get("message") or "")

    @property
    def _contents(self) -> list[Json]:
        output = (self.final or {}).get("output") or []
        return [part for item in output if item.get("type") == "message" for part in item.get("content") or []]

    @property
    def output_text(self) -> str:
        return "".join(part.get("text") or "" for part in self._contents if part.get("type") == "output_text")

    @property
    def refusal(self) -> str:
        said = "".join(part.get("refusal") or "" for part in self._contents if part.get("type") == "refusal")
        return said or self._refusal

    @property
    def explanation(self) -> str:
        return f"OpenAI declined to answer this: {self.refusal}" if self.refusal else ""

    @property
    def stop(self) -> Stop:
        if self.refusal:
            return Stop.REFUSED
        if (self.final or {}).get("status") == "incomplete":
            reason = ((self.final or {}).get("incomplete_details") or {}).get("reason")
            return Stop.BLOCKED if reason == "content_filter" else Stop.CUT_OFF
        return Stop.COMPLETE

    @property
    def usage(self) -> Usage:
        """OpenAI's input includes what was cached, its output includes reasoning: as ours."""
        usage = (self.final or {}).get("usage") or {}
        inside, outside = usage.get("input_tokens_details") or {}, usage.get("output_tokens_details") or {}
        return Usage(
            input_tokens=usage.get("input_tokens") or 0,
            cached_tokens=inside.get("cached_tokens") or 0,
            cache_write_tokens=inside.get("cache_write_tokens") or 0,
            output_tokens=usage.get("output_tokens") or 0,
            reasoning_tokens=outside.get("reasoning_tokens") or 0,
        )

    @property
    def items(self) -> tuple[Json, ...]:
        """Output items for replay. Nothing is stored at OpenAI, so reasoning without its encrypted content could not
        be found again there, and would be refused."""
        output = (self.final or {}).get("output") or []
        return tuple(item for item in output if item.get("type") != "reasoning" or item.get("encrypted_content"))


def request_body(request: Request) -> dict[str, Any]:
    """The body of POST /v1/responses, without the stream flag. No sampling parameters: GPT-6 refuses most."""
    body: dict[str, Any] = {
        "model": request.model,
        "input": _input(request),
        "max_output_tokens": request.max_output_tokens,
        "store": False,
    }
    if request.system:
        body["instructions"] = request.system
    if request.conversation:
        body["prompt_cache_key"] = request.conversation
    elif _pays_for_the_cache(request.model):
        body["prompt_cache_options"] = {"mode": "explicit"}  # with no part marked: nothing is kept, and none paid for
    if request.effort is not None:
        body["reasoning"] = {"effort": request.effort}
        body["include"] = ["reasoning.encrypted_content"]  # without it, reasoning cannot be replayed unstored
    if request.schema is not None:
        body["text"] = {
            "format": {"type": "json_schema", "name": "answer", "strict": True, "schema": dict(request.schema)}
        }
    return body


def _day(text: str) -> date | None:
    """The day of a shutdown ("2026-12-11", perhaps with a time), None where it cannot be understood."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _pays_for_the_cache(model: str) -> bool:
    """From gpt-5.6 on keeping a prompt costs 1.25 times its price, and can be declined (SDK response_create_params.py,
    https://developers.openai.com/api/docs/guides/prompt-caching, 2026-11). What is no GPT is not said to understand."""
    version = re.match(r"gpt-(\d+)(?:\.(\d+))?(?![\d.])", model)
    return version is not None and (int(version[1]), int(version[2] or 0)) >= (5, 6)


def data_url(picture: Prepared) -> str:
    return f"data:{picture.mime};base64,{base64.b64encode(picture.data).decode('ascii')}"


def _input(request: Request) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for turn, replayed in turns_with_items(request, "openai"):
        if replayed:
            items.extend(dict(item) for item in replayed)
        elif turn.role == "assistant":
            items.append({"role": "assistant", "content": turn.text})
        else:
            content: list[dict[str, Any]] = []
            for label, picture in turn.labelled:
                if label:
                    content.append({"type": "input_text", "text": label})
                # `auto` means `original` on newer models, five times dearer than `high`: it is always said
                detail = picture.resolution or "high"
                content.append({"type": "input_image", "image_url": data_url(picture), "detail": detail})
            if turn.text.strip():
                content.append({"type": "input_text", "text": turn.text})
            items.append({"role": "user", "content": content})
    return items
