//! Scratch.
fn main(){
 use tillkit_simulator::world::{exhaustive::*, providers::Kind};
 use tillkit_simulator::world::faults::Fault;
 let h = match std::env::args().nth(1).unwrap().as_str() { "a" => History{provider:Kind::Conflict, seed:1, strikes: vec![(Fault::AnswerLost,3),(Fault::ErrorAfter,5)], deed: Some(Deed::Cancel{after:4})}, _=> History{provider:Kind::Reference, seed:1, strikes: vec![(Fault::AppendFailsAfter,4),(Fault::AnswerLost,5)], deed: Some(Deed::Cancel{after:5})} };
 for l in h.live(true).story { println!("{l}") }
}
