//! The program from outside: its words, what it prints, its exit codes, against the simulator.

mod accounts;
mod beside;
mod demo;
mod documents;
mod doubt;
mod help;
mod journal;
mod refusals;
mod sales;
mod shop;
mod webhooks;
