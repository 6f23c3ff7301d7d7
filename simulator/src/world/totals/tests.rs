use super::*;

fn totals(lives: u64, payments: u64, restored: u64) -> Totals {
    let left = [(Cause::Restored, restored)].into();
    Totals { lives, payments, left, ..Totals::default() }
}

#[test]
fn in_many_lives_a_bound_is_held_to_the_letter() {
    let bound = Cause::Restored.bound_per_mille();
    let payments = 1_000 * MANY_LIVES;
    assert_eq!(totals(MANY_LIVES, payments, bound * MANY_LIVES).bounds_broken(None), []);
    let broken = totals(MANY_LIVES, payments, bound * MANY_LIVES + 1).bounds_broken(None);
    assert_eq!(broken, [(Cause::Restored, bound + 1)]);
}

#[test]
fn in_few_lives_it_has_the_margin_of_chance_and_no_more() {
    // Of 1,300 payments 39 are expected at the most, and three deviations of fives are 41.
    assert_eq!(totals(500, 1_300, 80).bounds_broken(None), []);
    assert_eq!(totals(500, 1_300, 81).bounds_broken(None), [(Cause::Restored, 63)]);
}

#[test]
fn what_is_lost_stroke_by_stroke_has_a_margin_of_single_strokes() {
    let totals = |left| {
        let left = [(Cause::IdNeverLearned, left)].into();
        Totals { lives: 500, payments: 1_300, left, ..Totals::default() }
    };
    // Of 1,300 payments 78 are expected at the most, and three deviations of single ones are 26.
    assert_eq!(totals(104).bounds_broken(None), []);
    assert_eq!(totals(105).bounds_broken(None), [(Cause::IdNeverLearned, 81)]);
}

#[test]
fn no_kind_of_finding_hides_another() {
    let mut sum = Totals::default();
    for seed in 0..100 {
        let failing = vec![(seed, Verdict::RuleBroken, String::new())];
        sum.merge(Totals { failing, ..Totals::default() });
    }
    let failing = vec![(500, Verdict::LostOutcome, String::new())];
    sum.merge(Totals { failing, ..Totals::default() });
    assert_eq!(sum.failing.len(), KEPT + 1);
    assert_eq!(sum.failing.last().map(|(seed, ..)| *seed), Some(500));
}
