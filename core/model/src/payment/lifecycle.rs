//! The lifecycle, computed from what `decide` and `apply` really do.

pub mod commands;
pub mod representatives;
