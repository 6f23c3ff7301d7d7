//! The page's live view: server-sent events, one whenever something happened and none otherwise.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Bytes, Frame};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::desk::Desk;
use super::shop::PLACES;
use super::view;
use crate::server::http::Body;

/// How many exchanges of each provider a page that has just been opened is shown.
const BACKLOG: usize = 60;

/// The events from now on, for one page.
pub(super) fn events(desk: Arc<Desk>, stirred: watch::Receiver<u64>) -> Body {
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(tell(desk, stirred, sender));
    Events(receiver).boxed()
}

struct Events(mpsc::Receiver<Bytes>);

impl HttpBody for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// Ends when the page has gone.
async fn tell(desk: Arc<Desk>, mut stirred: watch::Receiver<u64>, page: mpsc::Sender<Bytes>) {
    let mut shown = BTreeMap::new();
    let mut last = Value::Null;
    loop {
        stirred.mark_unchanged();
        let mut text = exchanges(&desk, &mut shown);
        let (event, state) = match view::of(&desk).await {
            Ok(state) => ("state", state),
            Err(error) => ("trouble", json!(error)),
        };
        // That time goes by is no news.
        if state != last {
            let now_ms = desk.control.now_ms();
            text += &written(event, &json!({ "now_ms": now_ms, "shown": state }));
            last = state;
        }
        if !text.is_empty() && page.send(text.into()).await.is_err() {
            return;
        }
        tokio::select! {
            changed = stirred.changed() => if changed.is_err() { return },
            () = page.closed() => return,
        }
    }
}

/// The exchanges that this page has not seen.
fn exchanges(desk: &Desk, shown: &mut BTreeMap<&'static str, usize>) -> String {
    let mut news = Vec::new();
    for place in PLACES {
        let count = || desk.control.exchanges_count(place.provider);
        let next = shown.entry(place.provider).or_insert_with(|| count().saturating_sub(BACKLOG));
        for exchange in desk.control.exchanges_from(place.provider, *next) {
            let mut exchange = json!(exchange);
            exchange["provider"] = place.provider.into();
            exchange["key"] = format!("{}-{next}", place.provider).into();
            news.push(exchange);
            *next += 1;
        }
    }
    if news.is_empty() { String::new() } else { written("exchanges", &json!(news)) }
}

fn written(event: &str, data: &Value) -> String {
    format!("event: {event}\ndata: {data}\n\n")
}
