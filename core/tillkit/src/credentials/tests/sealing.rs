use tillkit_model::time::Entropy;

use super::key;
use crate::credentials::Key;

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

const OWNER: &[u8] = b"shop-1\0qonto";

#[test]
fn what_is_sealed_opens_under_its_key_for_its_owner_only() {
    let sealed = key().seal("the pair", OWNER, &mut Counting(0)).unwrap();
    assert!(!sealed.windows(4).any(|part| part == b"pair"), "it cannot be read");
    assert_eq!(key().unseal(&sealed, OWNER).unwrap().as_str(), "the pair");
    assert!(key().unseal(&sealed, b"shop-2\0qonto").is_none(), "another account");
    assert!(key().unseal(&sealed, b"shop-1\0vinr").is_none(), "another provider");
    assert!(Key::new([8; 32]).unseal(&sealed, OWNER).is_none(), "another key");
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        assert!(key().unseal(&changed, OWNER).is_none(), "byte {place} was changed");
        assert!(key().unseal(&sealed[..place], OWNER).is_none(), "cut off at {place}");
    }
}

#[test]
fn the_same_text_is_never_sealed_alike() {
    let mut entropy = Counting(0);
    let first = key().seal("the pair", OWNER, &mut entropy).unwrap();
    assert_ne!(first, key().seal("the pair", OWNER, &mut entropy).unwrap());
}

#[test]
fn a_key_is_64_hexadecimal_digits_and_is_not_printed() {
    let text = "07".repeat(32);
    let sealed = Key::parse(&text).unwrap().seal("the pair", OWNER, &mut Counting(0)).unwrap();
    assert!(key().unseal(&sealed, OWNER).is_some());
    assert_eq!(format!("{:?}", key()), "Key(…)");
    for unfit in ["", "07", &"+7".repeat(32), &"zz".repeat(32), &"07".repeat(33), &"é".repeat(32)]
    {
        let error = Key::parse(unfit).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("key"), "{unfit}");
    }
}
