//! The journal's own tests: the suite of every store, then what only a file can suffer.

mod conformance;
mod desk;
mod looking;
