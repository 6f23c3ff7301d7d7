//! One document: its operations, found by method and path, and the validators of their bodies.

use std::collections::BTreeMap;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use tillkit_model::wire::{Request, Response};

/// A document in OpenAPI's form.
#[derive(Debug)]
pub struct Document {
    /// What it calls itself.
    pub title: String,
    operations: Vec<Operation>,
    notifications: BTreeMap<String, Validator>,
}

/// One operation that it describes.
#[derive(Debug)]
struct Operation {
    method: String,
    path: Vec<Segment>,
    headers: Vec<String>,
    query: BTreeMap<String, Expected>,
    body: Option<Expected>,
    answers: BTreeMap<String, Option<Validator>>,
}

/// A segment of a path.
#[derive(Debug)]
enum Segment {
    /// This text.
    Fixed(String),
    /// Any that fits.
    Open(Box<Validator>),
}

/// What a request carries, in its body or under one name of its query.
#[derive(Debug)]
struct Expected {
    required: bool,
    validator: Validator,
}

/// The operation of a request.
pub struct Found<'a> {
    operation: &'a Operation,
    open: Vec<(&'a Validator, &'a str)>,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const JSON: &str = "application/json";

impl Document {
    /// Reads it.
    ///
    /// # Errors
    /// What is no JSON, or no schema.
    pub fn read(text: &str) -> Result<Self, String> {
        let root: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let reader = Reader { root: &root };
        let mut operations = Vec::new();
        for (path, item) in reader.members("/paths") {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    operations.push(reader.operation(method, path, item, operation)?);
                }
            }
        }
        let mut notifications = BTreeMap::new();
        for (name, item) in reader.members("/webhooks") {
            let schema = item.pointer("/post/requestBody/content").and_then(schema_of);
            let schema = schema.ok_or_else(|| format!("{name} carries no JSON"))?;
            notifications.insert(name.clone(), reader.validator(schema)?);
        }
        let title = root.pointer("/info/title").and_then(Value::as_str).unwrap_or("untitled");
        Ok(Self { title: title.to_owned(), operations, notifications })
    }

    /// The operation of a request, where it is described.
    pub fn find<'a>(&'a self, request: &'a Request) -> Option<Found<'a>> {
        let path = request.path.split('?').next().unwrap_or_default();
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        self.operations.iter().find_map(|operation| {
            let same = operation.method.eq_ignore_ascii_case(request.method.as_str());
            let open = operation.open(&segments).filter(|_| same)?;
            Some(Found { operation, open })
        })
    }

    /// What is wrong with a notification; none where it is not described.
    pub fn notification_faults(&self, name: &str, body: &Value) -> Option<Vec<String>> {
        let validator = self.notifications.get(name)?;
        Some(faults(validator, body, &format!("notification {name}")))
    }
}

impl Operation {
    /// The open segments of a path, if it is this operation's.
    fn open<'a>(&'a self, segments: &[&'a str]) -> Option<Vec<(&'a Validator, &'a str)>> {
        if segments.len() != self.path.len() {
            return None;
        }
        let mut open = Vec::new();
        for (expected, given) in self.path.iter().zip(segments) {
            match expected {
                Segment::Fixed(text) if text == given => {}
                Segment::Fixed(_) => return None,
                Segment::Open(validator) => open.push((&**validator, *given)),
            }
        }
        Some(open)
    }
}

impl Found<'_> {
    /// What is wrong with the request.
    pub fn request_faults(&self, request: &Request) -> Vec<String> {
        let place = format!("{} {}", request.method.as_str(), request.path);
        let mut found: Vec<String> = Vec::new();
        for (validator, given) in &self.open {
            found.extend(faults(validator, &json!(given), &place));
        }
        found.extend(self.query_faults(request, &place));
        let has =
            |name: &str| request.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        let missing = self.operation.headers.iter().filter(|name| !has(name));
        found.extend(missing.map(|name| format!("{place}: no header {name}")));
        found.extend(self.body_faults(request, &place));
        found
    }

    /// A value of a query fits as the text that it is, or as the number or word that it writes.
    fn query_faults(&self, request: &Request, place: &str) -> Vec<String> {
        let (_, query) = request.path.split_once('?').unwrap_or_default();
        let given: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
        let judged = self.operation.query.iter().filter_map(|(name, expected)| {
            let Some(value) = given.get(name.as_str()) else {
                return expected.required.then(|| format!("{place}: {name} is missing"));
            };
            let meant = serde_json::from_str(value).unwrap_or(Value::Null);
            let fits = [json!(value), meant].iter().any(|value| expected.validator.is_valid(value));
            (!fits).then(|| format!("{place}: {name} does not fit"))
        });
        judged.collect()
    }

    fn body_faults(&self, request: &Request, place: &str) -> Vec<String> {
        match (&self.operation.body, &request.body) {
            (None, None) => Vec::new(),
            (None, Some(_)) => vec![format!("{place}: a body where none is described")],
            (Some(body), None) if body.required => vec![format!("{place}: no body")],
            (Some(_), None) => Vec::new(),
            (Some(body), Some(text)) => match serde_json::from_str(text) {
                Ok(value) => faults(&body.validator, &value, place),
                Err(_) => vec![format!("{place}: the body is no JSON")],
            },
        }
    }

    /// What is wrong with the answer; none where its status is not described, unless it is JSON and
    /// calls itself a success.
    pub fn answer_faults(&self, response: &Response) -> Option<Vec<String>> {
        let status = response.status;
        let place = format!("{} answered {status}", self.operation.method);
        let answers = &self.operation.answers;
        let class = format!("{}XX", status / 100);
        let described = answers.get(&status.to_string()).or_else(|| answers.get(&class));
        let Some(described) = described else {
            let success = (200..300).contains(&status) && response.is_json();
            return success.then(|| vec![format!("{place}: no success that is described")]);
        };
        let Some(validator) = described else { return Some(Vec::new()) };
        if !response.is_json() {
            return Some(vec![format!("{place}: not JSON")]);
        }
        Some(match serde_json::from_slice(&response.body) {
            Ok(value) => faults(validator, &value, &place),
            Err(_) => vec![format!("{place}: the body is no JSON")],
        })
    }
}

fn faults(validator: &Validator, value: &Value, place: &str) -> Vec<String> {
    let errors = validator.iter_errors(value);
    errors
        .map(|error| format!("{place}: {error} (at {:?})", error.instance_path().as_str()))
        .collect()
}

/// What a document is read with: references lead anywhere in it.
struct Reader<'a> {
    root: &'a Value,
}

impl<'a> Reader<'a> {
    fn members(&self, place: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.root.pointer(place).and_then(Value::as_object).into_iter().flatten()
    }

    /// What a reference refers to.
    fn resolved(&self, value: &'a Value) -> Result<&'a Value, String> {
        match value.get("$ref").and_then(Value::as_str) {
            None => Ok(value),
            Some(reference) => {
                let place = reference.trim_start_matches('#');
                self.root.pointer(place).ok_or_else(|| format!("{reference} leads nowhere"))
            }
        }
    }

    fn operation(
        &self,
        method: &str,
        path: &str,
        item: &'a Value,
        operation: &'a Value,
    ) -> Result<Operation, String> {
        let mut headers = Vec::new();
        let mut query = BTreeMap::new();
        let mut open = BTreeMap::new();
        let lists = [item.get("parameters"), operation.get("parameters")];
        for parameter in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
            let parameter = self.resolved(parameter)?;
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
            let name = text("name").to_owned();
            let required = parameter.get("required") == Some(&Value::Bool(true));
            let schema = parameter.get("schema").cloned().unwrap_or(Value::Bool(true));
            match text("in") {
                "header" if required => headers.push(name),
                "query" => {
                    let validator = self.validator(&schema)?;
                    query.insert(name, Expected { required, validator });
                }
                "path" => {
                    open.insert(name, self.validator(&schema)?);
                }
                _ => {}
            }
        }
        Ok(Operation {
            method: method.to_owned(),
            path: segments(path, open)?,
            headers,
            query,
            body: self.body(operation)?,
            answers: self.answers(operation)?,
        })
    }

    fn body(&self, operation: &'a Value) -> Result<Option<Expected>, String> {
        let Some(body) = operation.get("requestBody") else { return Ok(None) };
        let body = self.resolved(body)?;
        let required = body.get("required") == Some(&Value::Bool(true));
        let Some(schema) = body.get("content").and_then(schema_of) else { return Ok(None) };
        Ok(Some(Expected { required, validator: self.validator(schema)? }))
    }

    fn answers(&self, operation: &'a Value) -> Result<BTreeMap<String, Option<Validator>>, String> {
        let none = Map::new();
        let described = operation.get("responses").and_then(Value::as_object).unwrap_or(&none);
        let mut answers = BTreeMap::new();
        for (status, answer) in described {
            let answer = self.root_of(answer)?;
            let schema = answer.get("content").and_then(schema_of);
            let validator = schema.map(|schema| self.validator(schema)).transpose()?;
            answers.insert(status.to_uppercase(), validator);
        }
        Ok(answers)
    }

    fn root_of<'b>(&'b self, value: &'b Value) -> Result<&'b Value, String> {
        Reader { root: self.root }.resolved(value)
    }

    /// A validator of its own, with all that it may refer to.
    fn validator(&self, schema: &Value) -> Result<Validator, String> {
        let components = self.root.get("components").cloned().unwrap_or_default();
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&json!({ "allOf": [schema], "components": components }))
            .map_err(|error| error.to_string())
    }
}

fn schema_of(content: &Value) -> Option<&Value> {
    content.get(JSON)?.get("schema")
}

fn segments(path: &str, mut open: BTreeMap<String, Validator>) -> Result<Vec<Segment>, String> {
    let segment = |text: &str| match text.strip_prefix('{').and_then(|text| text.strip_suffix('}'))
    {
        None => Ok(Segment::Fixed(text.to_owned())),
        Some(name) => {
            let validator =
                open.remove(name).ok_or_else(|| format!("{path} does not say {name}"))?;
            Ok(Segment::Open(Box::new(validator)))
        }
    };
    path.trim_start_matches('/').split('/').map(segment).collect()
}
