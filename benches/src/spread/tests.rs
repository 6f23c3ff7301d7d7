use super::Spread;

#[test]
fn the_median_of_an_even_count_lies_between_the_two_in_the_middle() {
    let spread = Spread::of(&[4.0, 1.0, 3.0, 2.0]);
    assert_eq!((spread.median, spread.min, spread.max), (2.5, 1.0, 4.0));
}

#[test]
fn the_median_of_an_odd_count_is_the_one_in_the_middle() {
    assert_eq!(Spread::of(&[9.0, 1.0, 5.0]).median, 5.0);
}

#[test]
fn small_values_are_told_with_their_digits() {
    assert_eq!(Spread::of(&[0.187, 0.2]).to_string(), "0.19 (0.19 to 0.20)");
    assert_eq!(Spread::of(&[1234.5]).to_string(), "1234 (1234 to 1234)");
}
