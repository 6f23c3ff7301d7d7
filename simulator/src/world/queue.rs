//! What will happen, in the order of the world's time; equal times keep the order of their asking.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// The queue of a life.
#[derive(Debug)]
pub struct Queue<E> {
    heap: BinaryHeap<Reverse<Entry<E>>>,
    asked: u64,
}

#[derive(Debug)]
struct Entry<E> {
    at: (u64, u64),
    event: E,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), asked: 0 }
    }
}

impl<E> Queue<E> {
    /// Puts something in.
    pub fn put(&mut self, at_ms: u64, event: E) {
        self.asked += 1;
        self.heap.push(Reverse(Entry { at: (at_ms, self.asked), event }));
    }

    /// Takes out what happens next, and when.
    pub fn take(&mut self) -> Option<(u64, E)> {
        self.heap.pop().map(|Reverse(entry)| (entry.at.0, entry.event))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}
