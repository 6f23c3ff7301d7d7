//! What a request carries, as JSON or as a form: one list of named values.

use serde_json::{Map, Value};
use tillkit_model::wire::Request;

/// Named values, whichever way they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// The body's; none where it is neither a JSON object nor a form.
    pub(super) fn of_body(request: &Request) -> Option<Self> {
        let body = request.body.as_deref().unwrap_or_default();
        if body.trim().is_empty() {
            return Some(Self::default());
        }
        let form = super::header(request, "content-type")
            .is_none_or(|kind| kind.contains("form-urlencoded"));
        if form && !body.starts_with('{') {
            return Some(Self::of_query(body));
        }
        serde_json::from_str(body).ok().map(Self)
    }

    /// Those of a query, or of a form.
    pub(super) fn of_query(text: &str) -> Self {
        let mut fields = Self::default();
        for (name, value) in text.split('&').filter_map(|part| part.split_once('=')) {
            let (name, value) = (decoded(name), decoded(value));
            match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
                Some((outer, inner)) => {
                    let inside = fields.0.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(inside) = inside {
                        inside.insert(inner.to_owned(), Value::String(value));
                    }
                }
                None => {
                    fields.0.insert(name, Value::String(value));
                }
            }
        }
        fields
    }

    /// The value of that name, in camel or snake case.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).or_else(|| self.0.get(&snake(name)))
    }

    /// The text of that name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_str)
    }

    /// The whole number of that name; `Err` where it is something else.
    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>, ()> {
        match self.value(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => text.parse().map(Some).map_err(|_| ()),
            Some(other) => other.as_i64().map(Some).ok_or(()),
        }
    }
}

fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |mut text, letter| {
        if letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
        text
    })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let digits = std::str::from_utf8(&digits).unwrap_or_default();
                u8::from_str_radix(digits, 16).unwrap_or(b'?')
            }
            other => other,
        };
        bytes.push(byte);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
