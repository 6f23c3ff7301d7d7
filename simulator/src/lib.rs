//! The world that tries to break Tillkit.
//!
//! [`fakes`] are providers that charge, forget and repeat within their documented rules;
//! [`adapters`] translate for those of them that are made up; [`world`] runs the very engine of the
//! product against them, from a seed, with no threads and no sockets, and an auditor judges what
//! came of it; [`judge`] holds what was asked and answered against published schemas; [`server`]
//! puts the same fakes behind real sockets on loopback.

pub mod adapters;
pub mod fakes;
pub mod judge;
pub mod rng;
pub mod server;
pub mod world;
