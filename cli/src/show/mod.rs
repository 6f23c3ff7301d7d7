//! How things look: colours, tables, times, QR codes and the picture of a day.

pub mod paint;
pub mod plot;
pub mod qr;
pub mod table;
pub mod times;
pub mod words;

#[cfg(test)]
mod tests;
