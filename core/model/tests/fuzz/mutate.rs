//! Changes bytes at random, from a fixed beginning.

/// Bytes that parsers stumble over.
const ODD: &[u8] = b"\0\x01\x7f\x80\xff\"\\{}[]:,.-+eE0123456789 \n\xc3\xd9";

/// Hands each seed over as it is, and then so many changed ones.
pub fn each(seeds: &[Vec<u8>], rounds: u32, check: impl Fn(&[u8])) {
    seeds.iter().for_each(|seed| check(seed));
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds {
        let mut bytes = random.pick(seeds).clone();
        for _ in 0..=random.below(4) {
            change(&mut bytes, seeds, &mut random);
        }
        check(&bytes);
    }
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let place = random.below(bytes.len() + 1);
    let end = (place + 1 + random.below(8)).min(bytes.len());
    match random.below(6) {
        0 => bytes.insert(place, *random.pick(ODD)),
        1 => bytes.truncate(place),
        2 if place < end => {
            bytes.drain(place..end);
        }
        3 if place < end => {
            let again = bytes[place..end].to_vec();
            bytes.splice(place..place, again);
        }
        4 => {
            let other = random.pick(seeds);
            let from = random.below(other.len() + 1);
            bytes.splice(place.., other[from..].iter().copied());
        }
        _ if place < bytes.len() => bytes[place] = *random.pick(ODD),
        _ => bytes.push(*random.pick(ODD)),
    }
}

/// Xorshift: good enough to wander, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let place = self.below(of.len());
        &of[place]
    }
}
