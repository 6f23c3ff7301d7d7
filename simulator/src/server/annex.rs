//! What is served beside the providers' APIs: the counter, where there is one.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use hyper::Response;

use super::http::{Arrival, Body};

/// An answer that comes about.
pub(super) type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// Something that answers at `/` and below `/counter`.
pub(super) trait Annex: Send + Sync {
    /// One request has arrived; its path is whole.
    fn answer(self: Arc<Self>, arrival: Arrival) -> Answering;
}

/// Where one may be built on.
#[derive(Default)]
pub(super) struct Place(RwLock<Option<Arc<dyn Annex>>>);

impl Place {
    /// The annex, for the first segments of a path that are its own.
    pub(super) fn at(&self, place: &str) -> Option<Arc<dyn Annex>> {
        let own = ["", "counter"].contains(&place);
        let built = || self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        own.then(built).flatten()
    }

    pub(super) fn build(&self, annex: Arc<dyn Annex>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(annex);
    }

    pub(super) fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
