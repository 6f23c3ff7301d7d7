//! The part of Tillkit that acts.
