//! The journal's own tests: the suite of every store, then what only a file can suffer.

mod conformance;
mod damage;
mod desk;
mod failing;
mod forked;
mod group;
mod keeping;
mod looking;
mod marks;
mod openings;
mod processes;
mod pruning;
mod records;
mod shelf;
