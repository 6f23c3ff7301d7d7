//! What a command works with.

use crate::console::Console;
use crate::places::Places;
use crate::surroundings::Hurry;

/// Streams and places of one call.
pub struct Desk {
    pub console: Console,
    pub places: Places,
    /// A clock that hurries, in tests alone.
    pub hurry: Option<Hurry>,
}
