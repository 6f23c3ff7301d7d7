//! The part of Tillkit that decides.
