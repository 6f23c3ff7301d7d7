//! What the tests of every provider have in common.

pub(super) mod testing;
