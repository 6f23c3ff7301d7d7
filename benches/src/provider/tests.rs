use super::{charge, number_of_charge};

#[test]
fn a_charge_tells_its_number() {
    for number in [0, 1, 2, 999_999, u64::MAX / 3] {
        let id = charge(number);
        assert_eq!(number_of_charge(&id), Some(number), "{id}");
        assert_eq!(id.len(), 36, "{id}");
    }
}
