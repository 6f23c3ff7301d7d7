use super::lines;
use crate::tidy::layers::check;

fn faults(path: &str, text: &str) -> usize {
    lines(check, path, text).len()
}

#[test]
fn a_lower_module_may_be_used() {
    assert_eq!(faults("core/model/src/payment/decide.rs", "use crate::money::Amount;"), 0);
    assert_eq!(faults("core/model/src/engine/mod.rs", "use crate::{payment, provider};"), 0);
}

#[test]
fn a_higher_module_may_not() {
    let text = "\nuse crate::{time, engine::Machine};";
    assert_eq!(lines(check, "core/model/src/money/mod.rs", text), [2]);
    assert_eq!(faults("core/model/src/error.rs", "fn f() { crate::sale::check() }"), 1);
}

#[test]
fn a_way_up_is_followed() {
    assert_eq!(faults("core/model/src/money/text.rs", "use super::super::payment::State;"), 1);
    assert_eq!(faults("core/model/src/money/text.rs", "use super::Amount;"), 0);
    let inner = "mod sealed { use super::Amount; }";
    assert_eq!(faults("core/model/src/money.rs", inner), 0);
}

#[test]
fn modules_of_one_row_may_use_each_other_unless_kept_apart() {
    assert_eq!(faults("core/model/src/sale.rs", "use crate::identity::Verdict;"), 0);
    assert_eq!(faults("core/tillkit/src/journal/mod.rs", "use crate::transport::Sent;"), 1);
    assert_eq!(faults("core/tillkit/src/transport/mod.rs", "use crate::shell::Shell;"), 1);
    assert_eq!(faults("core/tillkit/src/shell/mod.rs", "use crate::transport::Sent;"), 0);
}

#[test]
fn one_provider_may_not_use_another() {
    let path = "core/model/src/provider/vinr/outcome.rs";
    assert_eq!(faults(path, "use crate::provider::qonto::outcome::read;"), 1);
    assert_eq!(faults(path, "use super::super::qonto::outcome::read;"), 1);
    assert_eq!(faults(path, "use super::request::Body;"), 0);
    assert_eq!(faults(path, "use crate::provider::Capability;"), 0);
}

#[test]
fn the_root_uses_what_it_lists_and_tests_what_they_need() {
    assert_eq!(faults("core/model/src/lib.rs", "pub use crate::engine::Machine;"), 0);
    assert_eq!(faults("core/model/src/money/tests.rs", "use crate::engine::Machine;"), 0);
}

#[test]
fn a_name_that_hides_its_module_is_told() {
    assert_eq!(faults("core/model/src/money/mod.rs", "use crate::Machine;"), 1);
    assert_eq!(faults("core/model/src/strange.rs", "use crate::money::Amount;"), 1);
}

#[test]
fn payment_does_not_speak_of_the_wire() {
    let path = "core/model/src/payment/event.rs";
    assert_eq!(faults(path, "struct E { http_status: u16, provider: ProviderId }"), 1);
    assert_eq!(faults(path, "fn f() { transport() }"), 1);
    assert_eq!(faults(path, "fn f() { provider::qonto() }"), 1);
    assert_eq!(faults(path, "// a sentence about http and transport\n"), 0);
    assert_eq!(faults("core/model/src/wire.rs", "struct HttpAnswer;"), 0);
}
