//! What a document says that code can be held to: names, kinds, values, statuses. Its prose is the vendor's.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// The document's facts: operations by method and path, bodies of errors and events by name.
pub fn document(document: &Value) -> Value {
    let info = |name: &str| document["info"][name].clone();
    let mut reduction = json!({
        "document": { "openapi": document["openapi"], "title": info("title"), "version": info("version") },
        "operations": operations(document, &document["paths"], |method, path| {
            format!("{} {path}", method.to_uppercase())
        }),
        "errors": errors(document),
    });
    let events = ["webhooks", "x-webhooks"]
        .map(|name| operations(document, &document[name], |_, name| name.to_owned()));
    let events: Map<String, Value> = events.into_iter().flatten().collect();
    if !events.is_empty() {
        reduction["events"] = events.into();
    }
    reduction
}

fn operations(document: &Value, paths: &Value, name: impl Fn(&str, &str) -> String) -> Map<String, Value> {
    let mut operations = Map::new();
    for (path, item) in members(paths) {
        let item = resolved(document, item);
        for method in METHODS.into_iter().filter(|method| item.get(method).is_some()) {
            operations.insert(name(method, path), operation(document, item, &item[method]));
        }
    }
    operations
}

fn operation(document: &Value, item: &Value, operation: &Value) -> Value {
    let mut facts = Map::new();
    if let Some(id) = operation.get("operationId") {
        facts.insert("id".to_owned(), id.clone());
    }
    if operation["deprecated"] == true {
        facts.insert("deprecated".to_owned(), true.into());
    }
    let mut parameters = BTreeMap::<String, Facts>::new();
    for parameter in items(&item["parameters"]).chain(items(&operation["parameters"])) {
        let parameter = resolved(document, parameter);
        let place = text(&parameter["in"]).to_owned();
        let mut walk = Walk::new(document, Direction::Request);
        walk.add(
            text(&parameter["name"]),
            vec![Schema::new(&parameter["schema"])],
            parameter["required"] == true,
        );
        let is_deep = parameter["style"] == "deepObject";
        let found =
            walk.facts.into_iter().map(|(name, fact)| (if is_deep { deep_name(&name) } else { name }, fact));
        parameters.entry(place).or_default().extend(found);
    }
    facts.extend(parameters.into_iter().map(|(place, found)| (place, found.into_iter().collect())));

    let body = resolved(document, &operation["requestBody"]);
    if body["content"].is_object() {
        let request = content(document, &body["content"], Direction::Request, body["required"] == true);
        facts.insert("request".to_owned(), request);
    }
    let mut answers = Map::new();
    let mut errors = Map::new();
    for (status, answer) in members(&operation["responses"]) {
        let answer = resolved(document, answer);
        match error_name(answer) {
            _ if !answer["content"].is_object() => {}
            Some(name) if !status.starts_with('2') => {
                errors.insert(status.clone(), name.into());
            }
            _ => {
                let content = content(document, &answer["content"], Direction::Answer, false);
                answers.insert(status.clone(), content);
            }
        }
    }
    if !errors.is_empty() {
        facts.insert("errors".to_owned(), errors.into());
    }
    if !answers.is_empty() {
        facts.insert("answers".to_owned(), answers.into());
    }
    let statuses: BTreeSet<&String> = members(&operation["responses"]).map(|(status, _)| status).collect();
    facts.insert("statuses".to_owned(), json!(statuses));
    facts.into()
}

/// The name of an error's schema, which operations share.
fn error_name(answer: &Value) -> Option<&str> {
    let schema = &json_media(&answer["content"])?["schema"];
    text(&schema["$ref"]).rsplit_once('/').map(|(_, name)| name)
}

/// The bodies of errors by name; those without one stand where they are answered.
fn errors(document: &Value) -> Map<String, Value> {
    let items = members(&document["paths"]).map(|(_, item)| resolved(document, item));
    let operations = items.flat_map(|item| METHODS.map(|method| &item[method]));
    let answers = operations.flat_map(|operation| members(&operation["responses"]));
    let errors = answers.filter(|(status, _)| !status.starts_with('2'));
    let bodies = errors.filter_map(|(_, answer)| {
        let answer = resolved(document, answer);
        let name = error_name(answer)?.to_owned();
        Some((name, content(document, &answer["content"], Direction::Answer, false)))
    });
    bodies.collect()
}

/// A member of a query's object as it goes over the wire: `filter.service.id` is `filter[service][id]`.
fn deep_name(name: &str) -> String {
    let mut steps = name.split('.');
    let first = steps.next().unwrap_or_default().to_owned();
    steps.fold(first, |name, step| match step.strip_suffix("[]") {
        Some(step) => format!("{name}[{step}][]"),
        None => format!("{name}[{step}]"),
    })
}

/// The members of a body, JSON where there is a choice; what is no JSON is its media type.
fn content(document: &Value, content: &Value, direction: Direction, required: bool) -> Value {
    let mut walk = Walk::new(document, direction);
    match (json_media(content), members(content).next()) {
        (Some(media), _) => walk.add("", vec![Schema::new(&media["schema"])], required),
        (None, first) => {
            let kind = first.map(|(name, _)| json!({ "kind": name }));
            walk.facts.extend(kind.map(|kind| (String::new(), kind)));
        }
    }
    walk.facts.into_iter().collect()
}

fn json_media(content: &Value) -> Option<&Value> {
    let is_json = |name: &str| name == "application/json" || name.ends_with("+json");
    members(content).find(|(name, _)| is_json(name)).map(|(_, media)| media)
}

/// One fact for each place: `data[].id` is a member of each item, `settings{}` each value of an open map.
type Facts = BTreeMap<String, Value>;

/// What is read only does not belong to a request, what is written only not to an answer.
#[derive(Clone, Copy)]
enum Direction {
    Request,
    Answer,
}

struct Walk<'a> {
    document: &'a Value,
    direction: Direction,
    facts: Facts,
}

/// A schema, and the references that led to it.
#[derive(Clone)]
struct Schema<'a> {
    value: &'a Value,
    seen: Vec<&'a str>,
}

impl<'a> Schema<'a> {
    fn new(value: &'a Value) -> Self {
        Self { value, seen: Vec::new() }
    }

    fn below(&self, value: &'a Value) -> Self {
        Self { value, seen: self.seen.clone() }
    }
}

/// All that is said of one place, whichever schemas say it.
#[derive(Default)]
struct Shape<'a> {
    kinds: BTreeSet<&'a str>,
    formats: BTreeSet<&'a str>,
    values: BTreeMap<String, &'a Value>,
    nullable: bool,
    deprecated: bool,
    hidden: bool,
    /// It takes members of any name.
    open: bool,
    recursive: bool,
    members: BTreeMap<&'a str, Vec<Schema<'a>>>,
    required: BTreeSet<&'a str>,
    items: Vec<Schema<'a>>,
    map: Vec<Schema<'a>>,
}

impl<'a> Shape<'a> {
    /// Both hold; `required` is left to the caller.
    fn add(&mut self, other: Self) {
        self.kinds.extend(other.kinds);
        self.formats.extend(other.formats);
        self.values.extend(other.values);
        self.nullable |= other.nullable;
        self.deprecated |= other.deprecated;
        self.hidden |= other.hidden;
        self.open |= other.open;
        self.recursive |= other.recursive;
        for (name, schemas) in other.members {
            self.members.entry(name).or_default().extend(schemas);
        }
        self.items.extend(other.items);
        self.map.extend(other.map);
    }

    /// One of them holds: what only some require is not required.
    fn any_of(shapes: Vec<Self>) -> Self {
        let mut whole = Self::default();
        let mut required: Option<BTreeSet<&str>> = None;
        for shape in shapes {
            let both = |before: BTreeSet<&'a str>| before.intersection(&shape.required).copied().collect();
            required = Some(required.map_or_else(|| shape.required.clone(), both));
            whole.add(shape);
        }
        whole.required = required.unwrap_or_default();
        whole
    }

    /// One kind or several; where none is declared, that of the values.
    fn kind(&self) -> Value {
        match self.kinds.iter().collect::<Vec<_>>()[..] {
            [] if self.values.values().any(|value| value.is_string()) => "string".into(),
            [] => "any".into(),
            [kind] => (*kind).into(),
            ref kinds => json!(kinds),
        }
    }

    fn fact(&self, required: bool) -> Value {
        let mut fact = Map::new();
        let mut put = |name: &str, value: Value| fact.insert(name.to_owned(), value);
        put("kind", self.kind());
        if !self.formats.is_empty() {
            put("format", self.formats.iter().copied().collect::<Vec<_>>().join(" | ").into());
        }
        if !self.values.is_empty() {
            put("values", self.values.values().copied().cloned().collect());
        }
        let flags = [
            ("required", required),
            ("nullable", self.nullable),
            ("deprecated", self.deprecated),
            ("open", self.open),
            ("recursive", self.recursive),
        ];
        for (name, _) in flags.into_iter().filter(|(_, holds)| *holds) {
            put(name, true.into());
        }
        fact.into()
    }
}

impl<'a> Walk<'a> {
    fn new(document: &'a Value, direction: Direction) -> Self {
        Self { document, direction, facts: Facts::new() }
    }

    /// The facts of a place that any of these schemas may describe, and of all below it.
    fn add(&mut self, place: &str, schemas: Vec<Schema<'a>>, required: bool) {
        let shape = Shape::any_of(schemas.iter().map(|schema| self.shape(schema)).collect());
        if shape.hidden {
            return;
        }
        self.facts.insert(place.to_owned(), shape.fact(required));
        for (name, schemas) in shape.members {
            let below = if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
            self.add(&below, schemas, shape.required.contains(name));
        }
        if !shape.items.is_empty() {
            self.add(&format!("{place}[]"), shape.items, false);
        }
        if !shape.map.is_empty() {
            self.add(&format!("{place}{{}}"), shape.map, false);
        }
    }

    fn shape(&self, schema: &Schema<'a>) -> Shape<'a> {
        let value = schema.value;
        let mut shape = Shape::default();
        if let Some(reference) = value["$ref"].as_str() {
            if schema.seen.contains(&reference) {
                shape.kinds.insert("object");
                shape.recursive = true;
                return shape;
            }
            let mut seen = schema.seen.clone();
            seen.push(reference);
            let target = Schema { value: pointed(self.document, reference), seen };
            shape = self.shape(&target);
            if target.value.is_null() {
                shape.kinds.insert("unresolved");
            }
        }
        self.own(schema, &mut shape);
        for part in items(&value["allOf"]) {
            let mut part = self.shape(&schema.below(part));
            shape.required.append(&mut part.required);
            shape.add(part);
        }
        for choice in ["oneOf", "anyOf"] {
            let choices: Vec<_> = items(&value[choice]).map(|part| self.shape(&schema.below(part))).collect();
            let mut choices = Shape::any_of(choices);
            shape.required.append(&mut choices.required);
            shape.add(choices);
        }
        shape
    }

    /// What the schema says itself.
    fn own(&self, schema: &Schema<'a>, shape: &mut Shape<'a>) {
        let value = schema.value;
        let hidden = match self.direction {
            Direction::Request => &value["readOnly"],
            Direction::Answer => &value["writeOnly"],
        };
        shape.hidden |= *hidden == true;
        shape.nullable |= value["nullable"] == true;
        shape.deprecated |= value["deprecated"] == true;
        for kind in value["type"].as_str().into_iter().chain(items(&value["type"]).filter_map(Value::as_str))
        {
            match kind {
                "null" => shape.nullable = true,
                kind => drop(shape.kinds.insert(kind)),
            }
        }
        shape.formats.extend(value["format"].as_str());
        for value in items(&value["enum"]).chain(value.get("const")) {
            match value {
                Value::Null => shape.nullable = true,
                value => drop(shape.values.insert(value.to_string(), value)),
            }
        }
        for (name, member) in members(&value["properties"]) {
            shape.kinds.insert("object");
            shape.members.entry(name).or_default().push(schema.below(member));
        }
        shape.required.extend(items(&value["required"]).filter_map(Value::as_str));
        if let Some(item) = value.get("items") {
            shape.items.push(schema.below(item));
        }
        match value.get("additionalProperties") {
            Some(Value::Object(map)) if !map.is_empty() => {
                shape.kinds.insert("object");
                shape.map.push(schema.below(&value["additionalProperties"]))
            }
            Some(Value::Object(_) | Value::Bool(true)) => shape.open = true,
            _ => {}
        }
    }
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"].as_str().map_or(value, |reference| pointed(document, reference))
}

/// What a reference within the document points to; nothing where it leads elsewhere.
fn pointed<'a>(document: &'a Value, reference: &str) -> &'a Value {
    let pointer =
        reference.strip_prefix('#').unwrap_or("/ elsewhere").replace("%7B", "{").replace("%7D", "}");
    document.pointer(&pointer).unwrap_or(&Value::Null)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(schema: Value, direction: Direction) -> Value {
        let document = json!({ "components": { "schemas": {
            "Base": { "type": "object", "required": ["id"], "properties": {
                "id": { "type": "string", "format": "uuid", "readOnly": true, "description": "prose" },
                "secret": { "type": "string", "writeOnly": true, "example": "prose" },
            } },
            "Tree": { "type": "object", "properties": {
                "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } },
            } },
        } } });
        let media = json!({ "application/json": { "schema": schema } });
        content(&document, &media, direction, false)
    }

    #[test]
    fn what_is_referred_to_and_what_all_say_is_one() {
        let schema = json!({
            "required": ["state"],
            "allOf": [{ "$ref": "#/components/schemas/Base" }],
            "properties": { "state": { "type": ["string", "null"], "enum": ["on", "off", null], "deprecated": true } },
        });
        let expected = json!({
            "": { "kind": "object" },
            "id": { "kind": "string", "format": "uuid", "required": true },
            "state": { "kind": "string", "values": ["off", "on"], "required": true, "nullable": true, "deprecated": true },
        });
        assert_eq!(reduced(schema, Direction::Answer), expected);
        let request = reduced(json!({ "$ref": "#/components/schemas/Base" }), Direction::Request);
        assert_eq!(request, json!({ "": { "kind": "object" }, "secret": { "kind": "string" } }));
    }

    #[test]
    fn a_choice_has_the_members_and_kinds_of_all() {
        let schema = json!({ "type": "object", "properties": { "value": { "nullable": true, "oneOf": [
            { "type": "object", "required": ["a", "b"], "properties": { "a": { "type": "string", "enum": ["x"] }, "b": {} } },
            { "type": "object", "required": ["a"], "properties": { "a": { "type": "string", "enum": ["y"] } } },
            { "type": "array", "items": { "anyOf": [{ "type": "integer" }, { "type": "string" }] } },
        ] } } });
        let expected = json!({
            "": { "kind": "object" },
            "value": { "kind": ["array", "object"], "nullable": true },
            "value.a": { "kind": "string", "values": ["x", "y"] },
            "value.b": { "kind": "any" },
            "value[]": { "kind": ["integer", "string"] },
        });
        assert_eq!(reduced(schema, Direction::Answer), expected);
    }

    #[test]
    fn a_schema_within_itself_ends_and_one_elsewhere_is_told() {
        let tree = reduced(json!({ "$ref": "#/components/schemas/Tree" }), Direction::Answer);
        let expected = json!({
            "": { "kind": "object" },
            "children": { "kind": "array" },
            "children[]": { "kind": "object", "recursive": true },
        });
        assert_eq!(tree, expected);
        let elsewhere = reduced(json!({ "$ref": "other.yaml#/Tree" }), Direction::Answer);
        assert_eq!(elsewhere, json!({ "": { "kind": "unresolved" } }));
    }

    #[test]
    fn open_maps_and_what_is_no_json_are_told() {
        let map = json!({ "additionalProperties": { "type": "object", "additionalProperties": true } });
        let expected = json!({ "": { "kind": "object" }, "{}": { "kind": "object", "open": true } });
        assert_eq!(reduced(map, Direction::Answer), expected);
        let pdf = json!({ "application/pdf": { "schema": { "type": "string" } } });
        let expected = json!({ "": { "kind": "application/pdf" } });
        assert_eq!(content(&Value::Null, &pdf, Direction::Answer, false), expected);
    }

    #[test]
    fn an_operation_has_what_it_takes_and_gives() {
        let page = json!({ "name": "page", "in": "query", "schema": { "type": "integer" } });
        let filter = json!({ "name": "filter", "in": "query", "style": "deepObject", "schema": { "properties": {
            "service": { "properties": { "id": { "type": "string" } } },
            "codes": { "type": "array", "items": { "type": "integer" } },
        } } });
        let answer = json!({ "content": { "application/json": { "schema": { "type": "string" } } } });
        let error = json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } } });
        let missing = json!({ "$ref": "#/components/responses/missing" });
        let document = document(&json!({
            "openapi": "3.0.3",
            "info": { "title": "Things", "version": "1", "description": "prose" },
            "components": {
                "parameters": { "page": page },
                "responses": { "missing": error },
                "schemas": { "Error": { "type": "object", "properties": { "code": { "type": "string" } } } },
            },
            "paths": { "/things/{id}": {
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                "get": {
                    "operationId": "getThing", "summary": "prose", "deprecated": true,
                    "parameters": [{ "$ref": "#/components/parameters/page" }, filter],
                    "responses": { "200": answer, "404": missing, "default": answer },
                },
            } },
        }));
        let expected = json!({
            "document": { "openapi": "3.0.3", "title": "Things", "version": "1" },
            "errors": { "Error": { "": { "kind": "object" }, "code": { "kind": "string" } } },
            "operations": { "GET /things/{id}": {
                "id": "getThing",
                "deprecated": true,
                "path": { "id": { "kind": "string", "required": true } },
                "query": {
                    "page": { "kind": "integer" },
                    "filter": { "kind": "object" },
                    "filter[service]": { "kind": "object" },
                    "filter[service][id]": { "kind": "string" },
                    "filter[codes]": { "kind": "array" },
                    "filter[codes][]": { "kind": "integer" },
                },
                "answers": { "200": { "": { "kind": "string" } }, "default": { "": { "kind": "string" } } },
                "errors": { "404": "Error" },
                "statuses": ["200", "404", "default"],
            } },
        });
        assert_eq!(document, expected);
    }
}
