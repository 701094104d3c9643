"""Any server that speaks Chat Completions (Ollama, vLLM, LM Studio, llama.cpp, OpenRouter), through OpenAI's SDK."""

# ruff: noqa: PLC0415 -- SDKs are imported on first use: all three take 2 s and 110 MB together
from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vision.errors import BrokenAnswer, ConnectionFailed
from vision.messages import Answer, Delta, Json, Request, Stop, Usage
from vision.models.refreshing import Listed
from vision.providers.failures import UNREADABLE, failure
from vision.providers.keys import CHECK_SECONDS, CONNECT_SECONDS, usable_address, usable_key
from vision.providers.lease import Lease
from vision.providers.openai import data_url
from vision.providers.openai_errors import blocked_code, understand
from vision.providers.replaying import turns_with_items
from vision.providers.services import SERVICES
from vision.providers.telling import Telling
from vision.settings import Credential

if TYPE_CHECKING:
    import httpx2
    import openai

_SERVICE = SERVICES["compatible"]
_NO_KEY = "no-key"  # servers without sign-in ignore it; the SDK insists on one
_HEADERS = frozenset(
    {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "transfer-encoding",
     "user-agent", "authorization"}
)  # fmt: skip
_STOPS: Mapping[str, Stop] = {
    "stop": Stop.COMPLETE,
    "length": Stop.CUT_OFF,
    "content_filter": Stop.BLOCKED,
}


class CompatibleProvider:
    name = "compatible"

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self._lease = Lease(self._connect)

    def _connect(self) -> openai.OpenAI:
        import openai

        from vision.providers.line_hook import reply_begins

        key = usable_key(self._credential, _SERVICE) or _NO_KEY
        url = usable_address(server_url(self._credential.base_url or ""), _SERVICE) or ""

        def only_ours(sent: httpx2.Request) -> None:
            # The SDK adds OPENAI_ORG_ID, OPENAI_CUSTOM_HEADERS and the like: meant for OpenAI, not for this server.
            for name in [name for name in sent.headers if name.lower() not in _HEADERS]:
                del sent.headers[name]
            sent.headers["authorization"] = f"Bearer {key}"

        http = openai.DefaultHttpxClient(
            event_hooks={"request": [only_ours], "response": [reply_begins]},
            follow_redirects=False,
            trust_env=not _on_this_machine(url),  # a company proxy must not see what is meant for this machine
        )
        return openai.OpenAI(api_key=key, base_url=url, max_retries=0, http_client=http)

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
                client.chat.completions.create(**body, stream=True, timeout=timeout) as chunks,
            ):
                completion = _Completion()
                for chunk in chunks:
                    text = completion.take(chunk)
                    if text:
                        yield telling.add(text)
                yield self._finish(completion, telling, request, chunks.response.headers)
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, *UNREADABLE) as error:
            if blocked_code(error) and not telling.begun:
                blocked = telling.answer(Stop.BLOCKED, Usage(), request_id=getattr(error, "request_id", None))
            else:
                raise understand(error, _SERVICE, request.model, self._secret, begun=telling.begun) from None
        else:
            return
        yield blocked

    def _finish(
        self, completion: _Completion, telling: Telling, request: Request, headers: Mapping[str, str]
    ) -> Answer:
        request_id = headers.get("x-request-id") or completion.id
        if not completion.finish_reason:
            html = not completion.started and "event-stream" not in headers.get("content-type", "")
            raise failure(
                BrokenAnswer if html else ConnectionFailed,
                _SERVICE,
                request.model,
                request_id=request_id,
                detail="the stream ended without a finish_reason",
                begun=completion.started,
            )
        stop = Stop.REFUSED if completion.refusal else _STOPS.get(completion.finish_reason, Stop.COMPLETE)
        said = completion.refusal
        return telling.answer(
            stop,
            completion.usage,
            items=({"role": "assistant", "content": telling.text},) if telling.text.strip() else (),
            request_id=request_id,
            explanation=f"The local server declined to answer this: {said}" if said else "",
        )

    def check(self) -> tuple[str, ...]:
        return tuple(model.id for model in self.listing())

    def listing(self) -> tuple[Listed, ...]:
        import httpx2
        import openai

        try:
            with self._lease.use() as client:
                return tuple(Listed(model.id) for model in client.models.list(timeout=CHECK_SECONDS))
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, *UNREADABLE) as error:
            raise understand(error, _SERVICE, "", self._secret) from None

    @property
    def _secret(self) -> str:
        return self._credential.key.get_secret_value()


class _Completion:
    """Chunks of one stream, down to what an Answer needs."""

    def __init__(self) -> None:
        self.started = False
        self.id: str | None = None
        self.finish_reason = ""
        self.refusal = ""
        self._usage: Json = {}

    def take(self, arrived: openai.BaseModel) -> str:
        """Add one chunk; the text it brought, or ""."""
        chunk: Json = arrived.to_dict(mode="json", warnings=False)
        self.started = True
        self.id = chunk.get("id") or self.id
        self._usage = chunk.get("usage") or self._usage
        text = ""
        for choice in (chunk.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            text = delta.get("content") or ""
            self.refusal += delta.get("refusal") or ""
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
        return text

    @property
    def usage(self) -> Usage:
        inside = self._usage.get("prompt_tokens_details") or {}
        outside = self._usage.get("completion_tokens_details") or {}
        return Usage(
            input_tokens=self._usage.get("prompt_tokens") or 0,
            cached_tokens=inside.get("cached_tokens") or 0,
            output_tokens=self._usage.get("completion_tokens") or 0,
            reasoning_tokens=outside.get("reasoning_tokens") or 0,
        )


def server_url(typed: str) -> str:
    """The address as the SDK wants it. A bare host gets /v1, where all of these servers answer, and http in front."""
    url = typed.strip().rstrip("/")
    if "://" not in url:
        url = f"http://{url}"
    return url if "/" in url.partition("://")[2] else f"{url}/v1"


def _on_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def request_body(request: Request) -> dict[str, Any]:
    """The body of POST /chat/completions, without the stream flag.

    ``max_tokens``, not ``max_completion_tokens``: Ollama knows only the former
    (https://docs.ollama.com/api/openai-compatibility, 2026-11), and the others take both.
    """
    body: dict[str, Any] = {
        "model": request.model,
        "messages": _messages(request),
        "max_tokens": request.max_output_tokens,
        "stream_options": {"include_usage": True},
    }
    if request.effort is not None:
        body["reasoning_effort"] = request.effort
    if request.schema is not None:
        schema = {"name": "answer", "strict": True, "schema": dict(request.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _messages(request: Request) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    if request.system:
        messages.append({"role": "system", "content": request.system})
    for turn, items in turns_with_items(request, "compatible"):
        if items:
            messages.extend(dict(item) for item in items)
        elif not turn.pictures:
            messages.append({"role": turn.role, "content": turn.text})  # many chat templates take only plain text here
        else:
            content: list[dict[str, Any]] = []
            for label, picture in turn.labelled:
                if label:
                    content.append({"type": "text", "text": label})
                image: dict[str, Any] = {"url": data_url(picture)}
                if picture.resolution:
                    image["detail"] = picture.resolution
                content.append({"type": "image_url", "image_url": image})
            if turn.text.strip():
                content.append({"type": "text", "text": turn.text})
            messages.append({"role": turn.role, "content": content})
    return messages
