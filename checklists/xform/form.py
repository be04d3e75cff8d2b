"""XForm text to a `FormDefinition`: frozen, complete, shareable between threads and sessions.

Everything that can be wrong with a form is found here, all at once, with the paths of the nodes: bad expressions,
unknown functions, instances and paths, cycles, missing files. What is wrong keeps the form from being used
(`FormError`); what is only doubtful is in `problems`.
"""

from __future__ import annotations

import gc
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from lxml import etree

from checklists.xform import graph
from checklists.xform.body import BodyReader, absolute, reference_of, repeat_paths
from checklists.xform.definitions import BodyDef, FormParts, PreloadDef, QuestionDef
from checklists.xform.nodes import Bind, NodeDef
from checklists.xform.primary import PrimaryInstance, primary_root
from checklists.xform.problems import FormError, LoadProblem
from checklists.xform.rules import RuleCompiler
from checklists.xform.secondary import DataError, file_name, from_element, from_file
from checklists.xform.surroundings import FormTree
from checklists.xform.texts import Itext, TextDef, match_language
from checklists.xform.xml import JAVAROSA, child, children, local, parse_xml
from checklists.xpath.tree import Element

LAST_SAVED = "jr://instance/last-saved"
_RULES = ("relevant", "required", "readonly", "constraint", "calculate")
_ATTRIBUTE_PATH = re.compile(r"/@[\w:.\-]+\s*$")


@dataclass(frozen=True, slots=True, eq=False)
class FormDefinition:
    """One version of one form. `parts` is what sessions run on; everything else is for people."""

    id: str
    version: str
    title: str
    languages: tuple[str, ...]
    default_language: str
    sha256: str
    xml: bytes
    root_attributes: Mapping[str, str]
    body: tuple[BodyDef, ...]
    questions: tuple[QuestionDef, ...]
    problems: tuple[LoadProblem, ...]
    parts: FormParts = field(repr=False)

    @classmethod
    def from_xform(cls, xml: str | bytes, *, files: Mapping[str, bytes] | None = None) -> FormDefinition:
        """Load a form. `files` are its external files by name. Raises `FormError` with every error found."""
        with _collector_resting():
            return _Loader(xml, {} if files is None else files).load()

    def bind_attributes(self, path: str) -> Mapping[str, str]:
        """Return the namespaced attributes on a node's bind as written, by `{namespace}name`."""
        node = self.parts.by_path.get(path)
        return dict(node.bind.attributes) if node is not None else {}

    def language(self, wanted: str) -> str | None:
        """Return the form's name of a language given by name or code (`th`), or None."""
        return match_language(wanted, self.languages)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Everything that loading makes stays; the collector would walk it again and again (a third of a large load).

    One walk at the end makes it old, so the small collections of the sessions to come pass it by.
    """
    resting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if resting:
            gc.collect(1)
            gc.enable()


class _Loader:
    def __init__(self, xml: str | bytes, files: Mapping[str, bytes]) -> None:
        self._source = xml.encode("utf-8") if isinstance(xml, str) else xml
        self._files = files
        self._problems: list[LoadProblem] = []
        self._document = parse_xml(xml)
        head = child(self._document, "head")
        model = child(head, "model") if head is not None else None
        if model is None:
            raise FormError([LoadProblem("no-model")])
        self._head, self._model = head, model
        self._body = child(self._document, "body")
        self._name_binds()

    def load(self) -> FormDefinition:
        primary = self._primary()
        instances, last_saved = self._instances()
        itext = Itext(child(self._model, "itext"))
        rules = RuleCompiler(FormTree(primary.root, primary.by_path, instances))
        preloads = self._binds(primary)
        for node in primary.by_path.values():  # parents come before what is in them
            rules.bind(node)
            node.guarded = "readonly" in node.rules or "readonly" in node.fixed or _guarded_above(node)
        reader = BodyReader(rules, itext, primary.by_path, instances)
        body = reader.read(self._body, primary.root)
        reader.model_actions(self._model, primary.root)
        self._messages(primary, reader)
        ordered, cycles = graph.order(rules.rules)
        self._refuse([*self._problems, *rules.problems, *cycles])
        graph.connect(ordered)
        _connect_quotes(rules)
        for scope in primary.scopes:
            scope.rules = tuple(rule for rule in ordered if rule.scope is scope)
        parts = FormParts(
            root=primary.root, scopes=tuple(primary.scopes), rules=ordered, seed=primary.seed(),
            first_load=tuple(reader.first_load), every_load=tuple(reader.every_load), preloads=preloads, itext=itext,
            itext_texts=self._free_texts(itext, rules, primary.root), instances=instances, last_saved=last_saved,
            by_path=primary.by_path, controls=reader.controls,
        )  # fmt: skip
        return self._definition(primary.root, itext, body, parts, [*self._problems, *rules.problems])

    def _definition(
        self, root: NodeDef, itext: Itext, body: tuple[BodyDef, ...], parts: FormParts, problems: list[LoadProblem]
    ) -> FormDefinition:
        title = child(self._head, "title") if self._head is not None else None
        everything = [part for top in body for part in (top, *top.walk())]
        return FormDefinition(
            id=root.attributes.get("id") or root.tag.rpartition("}")[0].lstrip("{"),
            version=root.attributes.get("version", ""),
            title=(title.text or "").strip() if title is not None else "",
            languages=itext.languages,
            default_language=itext.default,
            sha256=hashlib.sha256(self._source).hexdigest(),
            xml=self._source,
            root_attributes=dict(root.attributes),
            body=body,
            questions=tuple(part for part in everything if isinstance(part, QuestionDef)),
            problems=tuple(problems),
            parts=parts,
        )

    def _refuse(self, problems: list[LoadProblem]) -> None:
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            raise FormError(errors)

    # --- model ---

    def _primary(self) -> PrimaryInstance:
        binds = [reference_of(bind) for bind in children(self._model, "bind")]
        binds += [reference_of(action) for action in self._document.iter() if local(action) == "setvalue"]
        live = {absolute(path, "") for path in binds if _ATTRIBUTE_PATH.search(path)}
        return PrimaryInstance(primary_root(self._model), repeats=repeat_paths(self._body), attributes=live)

    def _name_binds(self) -> None:
        """Write the path where a control or an action names a bind by its id."""
        paths = {bind.get("id"): reference_of(bind) for bind in children(self._model, "bind") if bind.get("id")}
        if paths:
            for element in self._document.iter():
                path = paths.get(element.get("bind"))
                if path is not None:
                    element.set("ref", path)

    def _instances(self) -> tuple[dict[str, Element], frozenset[str]]:
        found: dict[str, Element] = {}
        last_saved: set[str] = set()
        for instance in children(self._model, "instance")[1:]:
            name = instance.get("id") or ""
            source = instance.get("src") or ""
            if source == LAST_SAVED:
                last_saved.add(name)
                found[name] = Element("")
            elif source:
                found[name] = self._external(name, source)
            elif len(instance):
                found[name] = from_element(instance[0])
        return found, frozenset(last_saved)

    def _external(self, name: str, source: str) -> Element:
        file = file_name(source)
        data = self._files.get(file)
        if data is None:
            self._problems.append(LoadProblem("missing-file", rule="instance", data={"name": name, "file": file}))
            return Element("")
        try:
            return from_file(file, data)
        except DataError as error:
            self._problems.append(
                LoadProblem(error.problem.code, rule="instance", data={**error.problem.data, "file": file})
            )
        except FormError as error:
            self._problems.extend(error.problems)
        return Element("")

    def _binds(self, primary: PrimaryInstance) -> tuple[PreloadDef, ...]:
        preloads: list[PreloadDef] = []
        for element in children(self._model, "bind"):
            path = absolute(reference_of(element), primary.root.path)
            node = primary.by_path.get(path)
            if node is None:
                self._problems.append(LoadProblem("unknown-path", path, "bind", "warning", data={"name": path}))
                continue  # as in both reference engines: a bind of nothing does nothing
            node.bind = _bind(element)
            if node.bind.preload:
                preloads.append(PreloadDef(node, node.bind.preload, node.bind.preload_params))
        return tuple(preloads)

    def _messages(self, primary: PrimaryInstance, reader: BodyReader) -> None:
        for node in primary.by_path.values():
            node.constraint_message = reader.message(node.bind.constraint_message, node, "constraint_message")
            node.required_message = reader.message(node.bind.required_message, node, "required_message")

    def _free_texts(self, itext: Itext, rules: RuleCompiler, root: NodeDef) -> dict[str, TextDef]:
        """Return every text for `jr:itext(expression)`, which can ask for any of them."""
        compile_part = rules.part(root, rule="itext")
        return {text_id: itext.text(text_id, compile_part) for text_id in itext.ids()} if not itext.has_outputs else {}


def _guarded_above(node: NodeDef) -> bool:
    return node.parent is not None and node.parent.guarded


def _bind(element: etree._Element) -> Bind:
    get = element.get
    return Bind(
        data_type=_data_type(get("type") or "string"),
        rules={kind: get(kind) or "" for kind in _RULES if get(kind)},
        preload=get(f"{{{JAVAROSA}}}preload") or get("preload") or "",
        preload_params=get(f"{{{JAVAROSA}}}preloadParams") or get("preloadParams") or "",
        constraint_message=get(f"{{{JAVAROSA}}}constraintMsg") or get("constraintMsg") or "",
        required_message=get(f"{{{JAVAROSA}}}requiredMsg") or get("requiredMsg") or "",
        attributes={str(k): str(v) for k, v in element.attrib.items() if str(k).startswith("{")},
    )


_TYPE_NAMES = {"integer": "int", "number": "decimal", "datetime": "dateTime", "date-time": "dateTime", "text": "string"}


def _data_type(written: str) -> str:
    name = written.rpartition(":")[2]
    return _TYPE_NAMES.get(name, name)


def _connect_quotes(rules: RuleCompiler) -> None:
    """Write into every node which labels and messages quote it."""
    for quote in rules.quoting:
        for read in quote.reads:
            if not read.rows:
                read.node.quoted_by += (graph.dependent(quote, read),)
