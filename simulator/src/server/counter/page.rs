//! The files of the page, as they were built in.

use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::server::http::{Body, whole};

/// One file: where it is served, what it is, and what it says.
struct File(&'static str, &'static str, &'static str);

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: &[File] = &[
    File("/", HTML, include_str!("page/index.html")),
    File("/counter/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    File("/counter/tokens.css", CSS, include_str!("page/tokens.css")),
    File("/counter/layout.css", CSS, include_str!("page/layout.css")),
    File("/counter/device.css", CSS, include_str!("page/device.css")),
    File("/counter/picture.css", CSS, include_str!("page/picture.css")),
    File("/counter/app.js", SCRIPT, include_str!("page/app.js")),
    File("/counter/ask.js", SCRIPT, include_str!("page/ask.js")),
    File("/counter/dom.js", SCRIPT, include_str!("page/dom.js")),
    File("/counter/words.js", SCRIPT, include_str!("page/words.js")),
    File("/counter/devices.js", SCRIPT, include_str!("page/devices.js")),
    File("/counter/sale.js", SCRIPT, include_str!("page/sale.js")),
    File("/counter/trouble.js", SCRIPT, include_str!("page/trouble.js")),
    File("/counter/payments.js", SCRIPT, include_str!("page/payments.js")),
    File("/counter/picture.js", SCRIPT, include_str!("page/picture.js")),
    File("/counter/exchanges.js", SCRIPT, include_str!("page/exchanges.js")),
];

/// Nothing comes from anywhere else, and nobody may frame it.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
];

/// The file at this path, if there is one.
pub(super) fn file(path: &str) -> Option<Response<Body>> {
    let File(_, kind, text) = FILES.iter().find(|File(place, ..)| *place == path)?;
    Some(answer(StatusCode::OK, kind, whole((*text).into())))
}

/// An answer with the headers that all of the page has.
pub(super) fn answer(status: StatusCode, kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in HEADERS.iter().chain([&("content-type", kind)]) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
