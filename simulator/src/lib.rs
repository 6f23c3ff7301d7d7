//! The world that tries to break Tillkit.
