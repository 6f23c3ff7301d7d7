//! What a command works with.

use crate::console::Console;
use crate::places::Places;

/// Streams and places of one call.
pub struct Desk {
    pub console: Console,
    pub places: Places,
    /// How many times as fast as the wall's the clocks go; only tests and the demo hurry.
    pub pace: u32,
}
