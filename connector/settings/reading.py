"""Reads settings from the environment and one optional TOML file, and says what is wrong with them in an admin's words."""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, Field, SecretStr, ValidationError, create_model
from pydantic.fields import FieldInfo

from connector.errors import SettingsError
from connector.settings.goals import GoalSetting, KeyResult, MilestoneSetting, Than
from connector.settings.house import AccountConfig, AccountSettings, KpiPlaces, ProcessSettings, Settings
from connector.settings.kpis import KpiSetting
from connector.settings.places import Places

PREFIX = "CRM_KPI_"
_NEST = "__"
_FILE = "_file"
_LISTS = ("goals", "kpis")
"""Settings that are lists of tables."""

_CHOICES = re.compile(r"\^\(([a-z0-9|]+)\)\$")
"""A pattern that is a list of words."""

Tree = dict[str, Any]
Models = Mapping[str, type[BaseModel]]
"""Settings of parts that the house does not know, by the parts' names."""
NONE: Models = MappingProxyType({})


def load(environ: Mapping[str, str], vendors: Models, feeds: Models = NONE) -> Settings:
    """Read and check all settings: the house's, those of each vendor (an account has one) and of each feed (it has as many as are given).

    Raises:
        SettingsError: a name is unknown (the nearest known one is given), a value is missing or malformed.
    """
    account_model = create_model("Account", __base__=AccountSettings, **_blocks(vendors, "adapter"), **_blocks(feeds, "feed"))
    root = create_model("Root", __base__=(ProcessSettings, account_model), accounts=(_by_name(account_model), {}))
    above = _from_environ(environ)
    tree = _merged(_from_file(environ.get(f"{PREFIX}CONFIG"), root), above)
    tree = _read_files(tree, root, ())
    places = _places(environ.get(f"{PREFIX}CONFIG"))
    try:
        found = root.model_validate(tree)
    except ValidationError as error:
        held_in = partial(_held_in, places, above)
        raise SettingsError(_first_problem(error, root, lambda path: _place(path, places, above), held_in)) from None
    process = ProcessSettings(**{name: getattr(found, name) for name in ProcessSettings.model_fields})
    configs = {name: _account(name, account, vendors, feeds) for name, account in _accounts(found, account_model)}
    return Settings(process, {name: replace(one, kpi_places=_kpi_places(name, places, above)) for name, one in configs.items()})


def _by_name(model: type[BaseModel]) -> Any:  # noqa: ANN401 - a type made at run time has no static name
    return dict.__class_getitem__((str, model))


def _blocks(models: Models, what: str) -> dict[str, Any]:
    return {name: (model | None, Field(None, description=f"Settings of the {name} {what}.")) for name, model in models.items()}


def _accounts(found: BaseModel, model: type[BaseModel]) -> Iterator[tuple[str, BaseModel]]:
    named: dict[str, BaseModel] = dict(getattr(found, "accounts", {}))
    if any(name in found.model_fields_set for name in model.model_fields):
        named["default"] = found
    yield from named.items()


def _account(name: str, found: BaseModel, vendors: Models, feeds: Models) -> AccountConfig:
    house = AccountSettings(**{field: getattr(found, field) for field in AccountSettings.model_fields})
    given = [vendor for vendor in vendors if getattr(found, vendor) is not None]
    where = setting_name(() if name == "default" else ("accounts", name), "adapter")
    adapter = house.adapter or (given[0] if len(given) == 1 else None)
    if adapter is None or adapter not in vendors:
        wrong = f"is {adapter!r}" if adapter else "is missing"
        raise SettingsError(f"{where} {wrong}; allowed are {', '.join(sorted(vendors))}.")
    vendor = getattr(found, adapter)
    beside = {feed: getattr(found, feed) for feed in feeds if getattr(found, feed) is not None}
    return AccountConfig(name, house, adapter, vendor if vendor is not None else _defaults(name, adapter, vendors[adapter]), beside)


def _defaults(account: str, adapter: str, model: type[BaseModel]) -> BaseModel:
    try:
        return model()
    except ValidationError as error:
        path = () if account == "default" else ("accounts", account)
        missing = error.errors()[0]["loc"][0]
        raise SettingsError(f"{setting_name((*path, adapter), str(missing))} is missing.") from None


def setting_name(path: tuple[str, ...], *more: str) -> str:
    """Return the environment variable that holds a setting, such as `CRM_KPI_HUBSPOT__TOKEN`."""
    return PREFIX + _NEST.join((*path, *more)).upper()


def _from_environ(environ: Mapping[str, str]) -> Tree:
    tree: Tree = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX):
            continue
        *path, last = name.removeprefix(PREFIX).lower().split(_NEST)
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
            if not isinstance(branch, dict):
                raise SettingsError(f"{name} cannot be set beside {name.rsplit(_NEST, 1)[0]}.")
        branch[last] = value
    return tree


def _from_file(name: str | None, root: type[BaseModel]) -> Tree:
    if not name:
        return {}
    try:
        tree = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{PREFIX}CONFIG names {name}, which cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name} is not a valid TOML file: {error}.") from None
    for path, info in _fields(root, tree, ()):
        if is_secret(info) and path[-1] != "database_url" and _at(tree, path) is not None:
            env = setting_name(path)
            raise SettingsError(f"{'.'.join(path)} is a secret and may not stand in {name}; set {env} or {'.'.join(path)}{_FILE} instead.")
    return tree


def _places(name: str | None) -> Places:
    return Places(Path(name).name, Path(name).read_text(encoding="utf-8")) if name else Places()


def _kpi_places(account: str, places: Places, above: Tree) -> KpiPlaces:
    """Return where each word of an account's own KPIs stands."""
    path = ("kpis",) if account == "default" else ("accounts", account, "kpis")
    return lambda number, word: _place((*path, str(number), word), places, above) or f"{setting_name(path)}, number {number + 1}"


def _place(path: tuple[str, ...], places: Places, above: Tree) -> str | None:
    """Return the line of the file on which a word of an own KPI stands; None of anything else, and where the environment holds them."""
    if "kpis" not in path[:-1] or path[0] not in ("kpis", "accounts"):
        return None
    end = path.index("kpis") + 1
    number = path[end] if path[end].isdigit() else "0"
    return None if _at(above, path[:end]) is not None else places.of(path[:end], int(number), path[-1])


def _held_in(places: Places, above: Tree, path: tuple[str, ...]) -> str:
    """Return where in the settings file a setting stands that the environment does not hold; nothing where no file does."""
    return f" (`{'.'.join(path)}` in {places.name})" if places.name and _at(above, path) is None else ""


def _merged(below: Tree, above: Tree) -> Tree:
    """Lay one tree over another; a setting that is given above replaces its `…_file` twin below, too."""
    twins = {key + _FILE for key, value in above.items() if not isinstance(value, dict)}
    out = {key: value for key, value in below.items() if key not in twins}
    for key, value in above.items():
        old = out.get(key)
        out[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


def _read_files(tree: Tree, model: type[BaseModel], path: tuple[str, ...]) -> Tree:
    """Replace every `…_file` twin of a secret by what the file holds."""
    out = dict(tree)
    for where, info in _fields(model, tree, path):
        twin = (*where[:-1], where[-1] + _FILE)
        name = _at(out, twin)
        if not is_secret(info) or name is None:
            continue
        branch = out = _copied(out, where)
        for part in where[:-1]:
            branch = branch[part]
        del branch[twin[-1]]
        branch[where[-1]] = _secret_from(str(name), setting_name(twin))
    return out


def _secret_from(name: str, setting: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{setting} names {name}, which cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{setting} names {name}, which is no text in UTF-8.") from None


def _copied(tree: Tree, path: tuple[str, ...]) -> Tree:
    if len(path) == 1:
        return dict(tree)
    return {**tree, path[0]: _copied(tree[path[0]], path[1:])}


def _at(tree: Mapping[str, Any], path: tuple[str, ...]) -> object:
    found: Any = tree
    for part in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _model_in(annotation: object) -> type[BaseModel] | None:
    options = (annotation, *get_args(annotation))
    return next((one for one in options if isinstance(one, type) and issubclass(one, BaseModel)), None)


def settings_of(model: type[BaseModel], *path: str) -> Iterator[tuple[str, FieldInfo, bool]]:
    """Yield every setting of a model as its environment name, its declaration, and whether it is a secret; for docs and manifest."""
    for where, info in _fields(model, {}, path):
        yield setting_name(where), info, is_secret(info)


def secrets_given(config: AccountConfig) -> list[str]:
    """Return the environment names of the secrets that an account's CRM has in the settings."""
    path = () if config.name == "default" else ("accounts", config.name)
    fields = type(config.vendor).model_fields
    return [
        setting_name((*path, config.adapter), name) for name, info in fields.items() if is_secret(info) and getattr(config.vendor, name)
    ]


def is_secret(info: FieldInfo) -> bool:
    """Whether a setting must never be shown."""
    return SecretStr in (info.annotation, *get_args(info.annotation))


def _fields(model: type[BaseModel], tree: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Yield every setting that the given tree could hold, with its path; accounts are those that the tree names."""
    for name, info in model.model_fields.items():
        below = tree.get(name)
        inner = _model_in(info.annotation)
        if name == "accounts" and isinstance(below, Mapping):
            for account, branch in below.items():
                account_model = get_args(info.annotation)[1]
                yield from _fields(account_model, branch if isinstance(branch, Mapping) else {}, (*path, name, account))
        elif inner is not None and name not in _LISTS:
            yield from _fields(inner, below if isinstance(below, Mapping) else {}, (*path, name))
        else:
            yield (*path, name), info


def _first_problem(
    error: ValidationError,
    root: type[BaseModel],
    place_of: Callable[[tuple[str, ...]], str | None],
    held_in: Callable[[tuple[str, ...]], str],
) -> str:
    problem = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    path = tuple(str(part) for part in problem["loc"])
    place = place_of(path)
    name = f"{place}: {path[-1]}" if place else setting_name(path)
    tree: Tree = {"accounts": {path[1]: {}}} if path[0] == "accounts" and len(path) > 1 else {}
    fields = dict(_fields(root, tree, ()))
    if problem["type"] == "extra_forbidden":
        known = [where[-1] if place else setting_name(where) for where in (*_of_lists(path), *(() if place else fields))]
        inside = [one for one in known if re.fullmatch(f"{PREFIX}[A-Z0-9]+{_NEST}{re.escape(name.removeprefix(PREFIX))}", one)]
        near = inside or difflib.get_close_matches(path[-1] if place else name, known, n=1, cutoff=0)
        return f"{name}{'' if place else held_in(path)} is not a setting; did you mean {' or '.join(near)}?"
    if problem["type"] == "missing":
        return f"{name} is missing."
    field = next((fields[path[:end]] for end in range(len(path), 0, -1) if path[:end] in fields), None)
    given = f"is {problem['input']!r}" if field is not None and not is_secret(field) else "is malformed"
    return (
        f"{name}{'' if place else held_in(path)} {given}: {_in_words(problem, fields.get(path) or KpiSetting.model_fields.get(path[-1]))}."
    )


def _in_words(problem: Mapping[str, Any], field: FieldInfo | None) -> str:
    """Return what is wrong with a value; of a pattern what it lets through: the words it lists, or what the setting is for."""
    if problem["type"] != "string_pattern_mismatch" or field is None or not field.description:
        told = str(problem["msg"]).removeprefix("Value error, ")
        return f"{told[:1].lower()}{told[1:]}"
    listed = _CHOICES.fullmatch(str(problem["ctx"]["pattern"]))
    return f"allowed are {', '.join(listed[1].split('|'))}" if listed else f"that does not fit. {field.description.removesuffix('.')}"


def _of_lists(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what could stand beside a name inside a goal or a KPI; these have no environment variables of their own to be known by."""
    models = {"goals": (GoalSetting, KeyResult, MilestoneSetting, Than), "kpis": (KpiSetting,)}
    for model in (one for name, ones in models.items() if name in path[:-1] for one in ones):
        yield from ((*path[:-1], name) for name in model.model_fields)
