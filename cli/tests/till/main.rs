//! The program from outside: its words, what it prints, its exit codes, against the simulator.

mod accounts;
mod beside;
mod clock;
mod day;
mod demo;
mod documents;
mod doubt;
mod help;
mod interrupted;
mod journal;
mod refusals;
mod sales;
mod shop;
mod simulate;
mod spans;
mod terminal;
mod unheard;
mod webhooks;
