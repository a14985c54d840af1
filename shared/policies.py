"""Policy files: YAML that operators write. Faults are said with file, line and remedy; the service does not start."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)
DEEPEST = 20  # collections in each other, in a text that was sent
Place = tuple[str | int, ...]  # of a value in its file: keys and numbers from the outermost on


class Faulty(Exception):
    """What is wrong with a policy file, a line for each fault."""


def load(file: Path, model: type[M], context: Mapping[str, Any] | None = None, *, text: str | None = None) -> M:
    """The file's content, checked by the model. Raises Faulty.

    `context`: what the model's validators may look at, such as the names in another file. `text`: what somebody sent
    in place of the content.
    """
    if text is not None:
        _refuse_endless(file, text)
    content = _Content(file, text)
    try:
        return model.model_validate({} if content.data is None else content.data, context=dict(context or {}))
    except ValidationError as error:
        faults = [(content.line(place), sentence) for place, sentence in _sentences(model, error.errors())]
    raise Faulty("\n".join(f"{file}, line {line}: {sentence}" for line, sentence in sorted(faults)))


def fault(file: Path, at: Place, sentence: str) -> Faulty:
    """For what shows only when several files are seen together: the sentence with file and line of the place."""
    return Faulty(f"{file}, line {_Content(file).line(at)}: {sentence}")


def _refuse_endless(file: Path, text: str) -> None:
    """Of strangers: what would take for ever to read, or grow without end. Nothing after it is looked at."""
    depth = 0
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST or isinstance(event, yaml.AliasEvent):
                what = "is nested too deeply; make it flat" if depth > DEEPEST else "is an alias; write it out"
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise Faulty(f"{file}, line {line}: {what}.")
    except yaml.YAMLError:
        return  # told by whoever reads it


class _Content:
    """A file as SafeLoader builds it; besides, the line of each place is known, and no key may stand twice."""

    def __init__(self, file: Path, text: str | None = None) -> None:
        self._file, self._text = file, text
        self._lines: dict[Place, int] = {}
        self._around: list[yaml.Node] = []
        self.data = self._read()

    def line(self, at: Place) -> int:
        """Of the place, or of the nearest around it that is in the file."""
        places = (at[:length] for length in range(len(at), -1, -1))
        return next((self._lines[place] for place in places if place in self._lines), 1)

    def _read(self) -> Any:
        try:
            self._loader = yaml.SafeLoader(self._file.read_text("utf-8") if self._text is None else self._text)
            node = self._loader.get_single_node()
            return None if node is None else self._built(node, ())
        except FileNotFoundError:
            raise Faulty(f"{self._file}: there is no such file; write it, or correct what names it.") from None
        except UnicodeDecodeError:
            raise Faulty(f"{self._file}: is not text in UTF-8; save it as UTF-8.") from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{self._file}, line {mark.line + 1}" if mark else str(self._file)
            raise Faulty(f"{where}: is not YAML ({error.problem}); look at quotes, colons and indents.") from None
        except yaml.YAMLError as error:
            raise Faulty(f"{self._file}: is not YAML ({error}).") from None

    def _built(self, node: yaml.Node, at: Place) -> Any:
        line = self._lines.setdefault(at, node.start_mark.line + 1)
        if any(node is one for one in self._around):
            raise self._fault(line, "it contains itself; write it out.")
        self._around.append(node)
        try:
            if isinstance(node, yaml.MappingNode):
                return dict(self._pairs(node, at))
            if isinstance(node, yaml.SequenceNode):
                return [self._built(one, (*at, number)) for number, one in enumerate(node.value)]
            return self._plain(node)
        finally:
            self._around.pop()

    def _plain(self, node: yaml.Node) -> Any:
        """2026-02-30 looks like a day; and `!!bool maybe` or `!!timestamp soon` end in the middle of PyYAML."""
        try:
            return self._loader.construct_object(node, deep=True)
        except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
            why = f" ({error})" if isinstance(error, ValueError) else ""
            raise self._fault(node.start_mark.line + 1, f"{node.value} is not possible{why}; correct it.") from None

    def _pairs(self, mapping: yaml.MappingNode, at: Place) -> Iterator[tuple[Any, Any]]:
        seen: dict[Any, int] = {}
        for key_node, value in mapping.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._fault(line, "a name is expected here, not a list or a mapping.")
            key = self._plain(key_node)
            if key in seen:
                raise self._fault(line, f"{key} stands in line {seen[key]} already; keep one of the two.")
            seen[key] = self._lines[(*at, key)] = line
            yield key, self._built(value, (*at, key))

    def _fault(self, line: int, sentence: str) -> Faulty:
        return Faulty(f"{self._file}, line {line}: {sentence}")


def _sentences(model: type[BaseModel], errors: Sequence[ErrorDetails]) -> Iterator[tuple[Place, str]]:
    meant: set[Place] = set()
    for error in (one for one in errors if one["type"] == "extra_forbidden"):
        *around, name = error["loc"]
        known = sorted(field.alias or key for key, field in _at(model, tuple(around)).model_fields.items())
        like = difflib.get_close_matches(str(name), known, 1)
        meant |= {(*around, one) for one in like}
        remedy = f"Did you mean {like[0]}?" if like else f"Known are {', '.join(known)}."
        yield error["loc"], f"{name} is not known here. {remedy}"
    for error in (one for one in errors if one["type"] != "extra_forbidden" and one["loc"] not in meant):
        yield error["loc"], _sentence(error)


def _sentence(error: ErrorDetails) -> str:
    place = ".".join(str(part) for part in error["loc"] if part != "[key]") or "the file"
    if error["type"] == "missing":
        return f"{place} is missing; write it."
    said = error["msg"].removeprefix("Value error, ")
    return f"{place} {said[0].lower()}{said[1:]}" + ("" if said.endswith(".") else ".")


def _at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    """The model at a place within another: of a field, of the items of a list, of the values of a mapping."""
    found: Any = model
    for part in place:
        if _is_model(found):
            name = "root" if issubclass(found, RootModel) else str(part)
            found = found.model_fields[name].annotation
            if name != "root":
                continue
        found = next(one for one in reversed(get_args(found)) if one is not Ellipsis)
    return found if _is_model(found) else model


def _is_model(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)
