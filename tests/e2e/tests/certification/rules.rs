//! What several providers demand alike.

use super::*;

/// After a 429 nothing like it comes before the seconds have passed that it names.
pub(super) fn leaves_it_alone_after_a_429(exchanged: &[Exchanged]) {
    let at = exchanged.iter().position(|one| one.status == 429).expect("one was refused");
    let gap_ms = exchanged[at + 1].at_ms - exchanged[at].at_ms;
    assert!(gap_ms >= 1_000, "it came again after {gap_ms} ms");
}

/// A start whose answer was lost leaves once more, byte for byte, by the same key; and prompts
/// once.
pub(super) async fn a_replay_is_the_same_by_the_same_key(shop: &Shop, key: &str) {
    lost_after_work(shop, shop.at.start_path);
    is_paid(shop).await;
    let pushes = starts(shop);
    assert_eq!(pushes.len(), 2);
    assert_eq!(pushes[0].body, pushes[1].body);
    assert!(header(&pushes[0], key).is_some_and(|key| !key.is_empty()));
    assert_eq!(header(&pushes[0], key), header(&pushes[1], key));
    assert_eq!(answered(&pushes[0]), answered(&pushes[1]), "the first answer is told again");
    assert_eq!(shop.ledger().prompts.len(), 1);
}
