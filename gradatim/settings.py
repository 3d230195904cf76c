"""One settings object, read from arguments, `GRADATIM_*`, `.env` and `gradatim.toml` (in that order)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, cast

from platformdirs import user_cache_path, user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from gradatim.errors import SettingsError
from gradatim.languages import available
from gradatim.languages.language import use_folders

SandboxChoice = Literal["auto", "bubblewrap", "landlock", "docker", "unsafe"]
_GRAPH_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def _database(value: str | None) -> str | None:
    if value is not None and not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("no address like postgresql://user@host/database")
    return value


def _folders(value: object) -> object:
    return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value


def _languages(value: tuple[Path, ...]) -> tuple[Path, ...]:
    missing = [folder for folder in value if not folder.is_dir()]
    if missing:
        raise ValueError(f"no folder {str(missing[0])!r}")
    use_folders(value)
    return value


def _language(value: str) -> str:
    if value not in available():
        raise ValueError(f"no language {value!r}; choose from: {', '.join(available())}")
    return value


def _purposes(value: object) -> object:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list | tuple):
        given = [item for item in cast("list[object]", list(value)) if item != "none"]  # pyright: ignore[reportUnknownArgumentType]
        unknown = [item for item in given if item not in ("personalisation", "improvement", "research")]
        if unknown:
            raise ValueError(f"no purpose: {unknown[0]!r}; name personalisation, improvement, research or none")
        return tuple(dict.fromkeys(given))
    return value


def _recall(value: str) -> str:
    if value != "embedded" and not value.startswith(("http://", "https://")):
        raise ValueError("neither 'embedded' nor the address of a Chroma server like http://host:8000")
    return value


def _collector(value: str | None) -> str | None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError("no address like http://host:4318")
    return value


def _graph(value: str) -> str:
    scheme, colon, _ = value.partition("://")
    if value != "embedded" and not (colon and scheme in _GRAPH_SCHEMES):
        raise ValueError("neither 'embedded' nor an address like neo4j://host:7687")
    return value


class Settings(BaseSettings):
    """Where things are and how much of them may be used.

    Every field can be given as an environment variable (`GRADATIM_MODEL`), in `.env`, or as a key of
    `gradatim.toml` in the working directory.
    """

    model_config = SettingsConfigDict(
        env_prefix="GRADATIM_", env_file=".env", toml_file="gradatim.toml", extra="ignore", frozen=True
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("gradatim"))
    """Learner memory, checkpoints and recall."""
    database: Annotated[str | None, AfterValidator(_database)] = None
    """Address of a PostgreSQL database (`postgresql://user@host/name`) for learner memory, decisions, checkpoints and
    store; SQLite files in `data_dir` when not given."""
    recall: Annotated[str, AfterValidator(_recall)] = "embedded"
    """Where earlier errors and feedback are found by their meaning: `embedded` (Chroma in `data_dir`), or the address
    of a Chroma server (`http(s)://host:port`)."""
    recall_token: SecretStr | None = None
    """Sent as a bearer token to the Chroma server, for a proxy in front of it."""
    tracing_model: Path | None = None
    """A model of `gradatim learn fit` whose parameters the memory traces knowledge with; one set for all concepts when
    not given."""
    memory_key: SecretStr | None = None
    """Encrypts what these hold at rest: 32 bytes in base64, or a passphrase; nothing is encrypted when not given."""
    assumed_consent: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_purposes)] = ("personalisation",)
    """Purposes that a learner's data may serve before the learner says anything, with commas between them:
    `personalisation`, `improvement`, `research`; `none`: each has to be agreed to first."""
    pseudonyms: bool = False
    """Whether learners' ids are replaced by keyed digests before anything else sees them."""
    pseudonym_key: SecretStr | None = None
    """Key of these digests, at least 16 bytes; a random one in a file of `data_dir` when not given."""
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("gradatim"))
    """Pulled models, and snapshots of a concept graph on a server."""
    languages: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_folders), AfterValidator(_languages)] = Field(
        default=(), validate_default=True
    )
    """Folders with further languages, each a folder of files (docs/languages.md); in the environment with the separator
    of `PATH` between them. They hold for the whole process."""
    language: Annotated[str, AfterValidator(_language)] = "en"
    """Language that learners are spoken to in (`en`, `zh`), where a run or a learner does not say otherwise."""
    model: str = "qwen2.5-coder-1.5b"
    """A catalogue name, a path to a GGUF file, `http(s)://host/v1#name` (several addresses with commas between them),
    `vllm:FOLDER#name` (vLLM's engine in this process), or `none` (grounded realiser)."""
    api_key: SecretStr | None = None
    """Sent as a bearer token to an OpenAI-compatible endpoint."""
    model_timeout: Annotated[float, Field(gt=0)] = 300.0
    """Seconds one model request may take, with all its attempts."""
    model_idle_timeout: Annotated[float, Field(gt=0)] = 60.0
    """Seconds an endpoint may be silent in the middle of an answer before the request goes elsewhere."""
    model_concurrency: Annotated[int, Field(ge=1, le=10_000)] = 64
    """Requests under way at each endpoint at most; others wait, tenants taking turns."""
    hedge_seconds: Annotated[float, Field(gt=0)] | None = None
    """Seconds after which a request without an answer is also sent to another endpoint; never when not given."""
    response_cache: Path | None = None
    """SQLite file with answers to requests that were made before, letter for letter; none when not given."""
    tenant: str = "default"
    """Whose requests these are, where several share an endpoint fairly (a course, a school)."""
    traces: Path | None = None
    """File of recorded runs (JSON Lines, `.gz` compresses) that commands add theirs to; nothing is recorded when not
    given."""
    otlp_endpoint: Annotated[str | None, AfterValidator(_collector)] = None
    """Address of an OpenTelemetry collector (`http://host:4318`) that recorded runs are also sent to, by OTLP over
    HTTP; needs the extra `evals`."""
    trace_content: Literal["none", "pseudonymised"] = "none"
    """What recorded runs keep of learners' text (prompts, answers, programs and what they print): `none`, or all of it
    with the learner's id, names in the usual places and addresses replaced."""
    price_input: Annotated[float, Field(ge=0)] | None = None
    """What a million tokens of prompt cost at the endpoint, in any one currency."""
    price_cached: Annotated[float, Field(ge=0)] | None = None
    """What a million tokens of prompt cost that the endpoint had read before; as others when not given."""
    price_output: Annotated[float, Field(ge=0)] | None = None
    """What a million tokens of answer cost."""
    serving_python: str | None = None
    """Interpreter, or folder, of the environment that has vLLM; this one when not given."""
    model_threads: Annotated[int, Field(ge=1)] | None = None
    """CPU threads of the embedded model; the physical cores that this process may use when not given."""
    model_gpu_layers: Annotated[int, Field(ge=0)] | None = None
    """Layers of the embedded model on a GPU, where its llama.cpp can use one; as many as fit when not given."""
    sandbox: SandboxChoice = "auto"
    """Isolation tier; `auto` takes the strongest that works here and never falls back to `unsafe`."""
    docker_host: str | None = None
    """Address of the Docker Engine (`unix:///run/docker.sock`); what the docker client uses when not given."""
    docker_runtime: str | None = None
    """Container runtime of the docker tier, e.g. `runsc` (gVisor); the engine's own when not given."""
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    """Programs executed at the same time."""
    memory_limit_mb: Annotated[int, Field(ge=32)] = 512
    """Address space of one student program, MiB."""
    output_limit: Annotated[int, Field(ge=1024)] = 1_000_000
    """Bytes a student program may print in one test before it is stopped."""
    submission_limit: Annotated[int, Field(ge=1024)] = 256_000
    """Bytes a submitted program may have."""
    curriculum: Path | None = None
    """Folder of curriculum files; the packaged Python curriculum when not given."""
    graph: Annotated[str, AfterValidator(_graph)] = "embedded"
    """Where the concept graph is: `embedded` (the curriculum, in this process), or the address of a Neo4j server
    (`neo4j://host:7687`, `bolt://…`, encrypted with `+s` behind the scheme)."""
    graph_name: str = "python"
    """Which of the graphs on the server."""
    neo4j_user: str = "neo4j"
    neo4j_password: SecretStr | None = None
    """Nobody is named to the server when not given."""
    neo4j_database: str = "neo4j"
    neo4j_pool: Annotated[int, Field(ge=1, le=1000)] = 16
    """Connections to the graph server at most; questions beyond that wait in order."""
    neo4j_deadline: Annotated[float, Field(gt=0)] = 0.5
    """Seconds one question to the graph server may take; then the last snapshot answers."""
    repair_seconds: Annotated[float, Field(ge=0, le=60)] = 2.0
    """Time in which a change that makes every test pass is searched; 0 searches none."""
    policy: Path | None = None
    """Routing policy (YAML): thresholds and what always goes to a person; the packaged one when not given."""
    lambda_profile: Annotated[float, Field(ge=0, le=20)] = 0.0
    """λ_p of controlled decoding: how strongly the model is steered to words that the learner reads; 0: not at all."""
    lambda_curriculum: Annotated[float, Field(ge=0, le=20)] = 0.0
    """λ_c: how strongly to the names of the task's concepts."""
    samples: Annotated[int, Field(ge=1, le=16)] = 3
    """Independent answers that the self-consistency critic compares."""
    max_revisions: Annotated[int, Field(ge=0, le=5)] = 2
    """Rounds in which a refuted feedback goes back to the model."""
    deliver_threshold: Annotated[float, Field(ge=0, le=1)] = 0.75
    """Feedback with at least this confidence is delivered without a person."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def memory_path(self) -> Path:
        """SQLite file of the learner memory."""
        return self.data_dir / "memory.sqlite3"

    @property
    def checkpoint_path(self) -> Path:
        """SQLite file of the graph checkpoints and the store."""
        return self.data_dir / "checkpoints.sqlite3"

    @property
    def recall_path(self) -> Path:
        """Chroma folder."""
        return self.data_dir / "recall"

    @property
    def passages_path(self) -> Path:
        """Chroma folder of course documents."""
        return self.data_dir / "passages"

    @property
    def models_dir(self) -> Path:
        """Pulled model files."""
        return self.cache_dir / "models"

    @property
    def graph_snapshots_dir(self) -> Path:
        """Snapshots of concept graphs on servers."""
        return self.cache_dir / "graphs"


def load_settings(**overrides: object) -> Settings:
    """Read the settings; `None` among the overrides means "not given".

    Raises:
        SettingsError: A value has the wrong type or range; names the setting.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsError(
            f"{first['msg']} (got {first.get('input')!r})",
            place=f"setting {name}",
            remedy=f"set GRADATIM_{name.upper()} or {name} in gradatim.toml to a valid value",
        ) from error
    except ValueError as error:  # tomllib.TOMLDecodeError
        raise SettingsError(str(error), place="gradatim.toml", remedy="correct the TOML syntax") from error
