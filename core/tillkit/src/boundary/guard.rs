//! No panic crosses a border: each becomes one internal failure, whose charge is unknown.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tillkit_model::error::{Code, Error};

use super::failure::{Answer, Failure};

/// Calls, and turns a panic into a failure.
///
/// # Errors
/// `internal` where it panicked; else what the call says.
pub fn guarded<T>(call: impl FnOnce() -> Answer<T>) -> Answer<T> {
    // Whatever a panic left half done is behind locks that take their values as they are.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| Err(of_panic(panic.as_ref())))
}

/// A future that turns a panic into a failure, and is over then.
pub struct Guarded<F>(Option<Pin<Box<F>>>);

impl<F> Guarded<F> {
    /// Guards it from its first poll on.
    pub fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<T, F: Future<Output = Answer<T>>> Future for Guarded<F> {
    type Output = Answer<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = self.0.as_mut() else {
            return Poll::Ready(Err(of_panic(&"it was asked again after its end")));
        };
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        let answer = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(answer)) => answer,
            Err(panic) => Err(of_panic(panic.as_ref())),
        };
        self.0 = None;
        Poll::Ready(answer)
    }
}

fn of_panic(panic: &dyn Any) -> Box<Failure> {
    let said = panic.downcast_ref::<&str>().copied();
    let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let said = said.unwrap_or("nothing that could be read");
    let message = format!(
        "Tillkit failed in a way it did not foresee, and said: {said}; look the payment up before \
         charging again, and report this"
    );
    Error::new(Code::Internal).message(message).into()
}
