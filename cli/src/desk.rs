//! What a command works with.

use tillkit::till::Till;

use crate::console::Console;
use crate::failure::Failure;
use crate::places::Places;
use crate::surroundings::Hurry;

/// Streams and places of one call.
pub struct Desk {
    pub console: Console,
    pub places: Places,
    /// A clock that hurries, in tests alone.
    pub hurry: Option<Hurry>,
}

impl Desk {
    /// Closes the till after money moved: what came of that stands even where this fails.
    pub async fn close(&mut self, till: &Till) {
        if let Err(error) = till.close().await {
            self.console.note(Failure::from(error).sentence());
        }
    }
}
