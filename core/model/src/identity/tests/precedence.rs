//! The fixed order *identity, rules, capability, terminal*, as a table in words.

use super::{NOW, read, request};
use crate::identity::{Asked, Attempt, Fate, Holder, Known, Limits, Verdict, fingerprint, verdict};
use crate::ids::PaymentId;
use crate::sale::{Capabilities, Capture, Fault, Presence, Sale, SaleRequest, Times};
use crate::time::{BootId, MINUTE_MS, Moment};

const USUAL: Times = Times { start_by_ms: 90_000, expires_ms: None, settle_by_ms: 120_000 };
const CAPABILITIES: Capabilities = Capabilities {
    terminal: Presence::Required,
    currencies: &["EUR"],
    amount_min_minor: Some(10),
    amount_max_minor: Some(10_000_000),
    metadata_bytes_max: Some(1_000),
    manual_capture: false,
    part_payment: false,
    cancel: false,
    refund: false,
    ..Capabilities::BARE
};

/// What is known of the reference, how the sale is asked for, who holds the terminal, whom the
/// cashier has looked at, and the verdict. Payments 1 to 3 are the attempts; 8 stays on the
/// terminal, 9 gives way.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str, &str, &str)] = &[
    // attempts so far          asked                         terminal   looked  verdict
    ("",                        "",                           "",        "",     "new"),
    ("",                        "",                           "",        "8 9",  "new"),
    ("",                        "",                           "9",       "9",    "new releasing 9"),
    ("1 declined",              "attempt-2",                  "",        "",     "new"),
    ("1 declined-long-ago",     "attempt-2",                  "",        "",     "new"),
    ("1 declined-pruned",       "attempt-2",                  "",        "",     "new"),
    ("1 declined",              "attempt-2 amount",           "",        "",     "new"),
    ("1 declined, 2 declined",  "attempt-3",                  "",        "",     "new"),
    // A repeat finds its payment.
    ("1 open",                  "",                           "",        "",     "join 1"),
    ("1 declined",              "",                           "",        "",     "replay 1"),
    ("1 paid",                  "",                           "",        "",     "replay 1"),
    ("1 paid-long-ago",         "",                           "",        "",     "used 1 taken"),
    ("1 declined-long-ago",     "",                           "",        "",     "used 1 free"),
    ("1 paid-before-boot",      "",                           "",        "",     "used 1 taken"),
    ("1 paid-pruned",           "",                           "",        "",     "used 1 taken"),
    ("1 declined-pruned",       "",                           "",        "",     "used 1 free"),
    ("1 declined, 2 open",      "",                           "",        "",     "replay 1"),
    ("1 declined, 2 open",      "attempt-2",                  "",        "",     "join 2"),
    ("1 declined, 2 paid",      "attempt-2",                  "",        "",     "replay 2"),
    // Another sale under the same reference is a conflict, whatever became of the first.
    ("1 open",                  "amount",                     "",        "",     "conflict 1 amount"),
    ("1 paid",                  "amount",                     "",        "",     "conflict 1 amount"),
    ("1 paid-long-ago",         "currency",                   "",        "",     "conflict 1 currency"),
    ("1 paid-pruned",           "terminal",                   "",        "",     "conflict 1 terminal"),
    ("1 declined",              "capture",                    "",        "",     "conflict 1 capture"),
    ("1 open",                  "allow-part",                 "",        "",     "conflict 1 allow_part"),
    ("1 open",                  "note",                       "",        "",     "conflict 1 metadata"),
    ("1 declined, 2 open",      "attempt-2 amount",           "",        "",     "conflict 2 amount"),
    ("1 open",                  "amount currency note",       "",        "",     "conflict 1 amount"),
    // Another try waits until the one before is known, and never follows a success.
    ("1 open",                  "attempt-2",                  "",        "",     "unknown 1"),
    ("1 open",                  "attempt-2 amount",           "",        "",     "unknown 1"),
    ("1 paid",                  "attempt-2",                  "",        "",     "used 1 taken"),
    ("1 paid-pruned",           "attempt-2",                  "",        "",     "used 1 taken"),
    ("1 paid, 2 declined",      "attempt-3",                  "",        "",     "used 1 taken"),
    ("1 open, 2 declined",      "attempt-3",                  "",        "",     "unknown 1"),
    ("1 open, 2 paid",          "attempt-3",                  "",        "",     "used 2 taken"),
    ("",                        "attempt-2",                  "",        "",     "out of order"),
    ("1 declined",              "attempt-3",                  "",        "",     "out of order"),
    ("1 open",                  "attempt-3",                  "",        "",     "out of order"),
    // Identity comes before rules, capability and terminal.
    ("1 open",                  "times",                      "",        "",     "join 1"),
    ("1 open",                  "foreign",                    "",        "",     "join 1"),
    ("1 open",                  "",                           "8",       "",     "join 1"),
    ("1 open",                  "",                           "9",       "",     "join 1"),
    ("1 paid",                  "times foreign",              "8",       "",     "replay 1"),
    ("1 paid-long-ago",         "times",                      "9",       "",     "used 1 taken"),
    ("1 open",                  "amount times",               "8",       "",     "conflict 1 amount"),
    ("1 open",                  "too-little",                 "",        "",     "conflict 1 amount"),
    ("1 open",                  "no-terminal",                "",        "",     "conflict 1 terminal"),
    ("1 open",                  "attempt-2 times",            "8",       "",     "unknown 1"),
    ("1 paid",                  "attempt-2 currency",         "9",       "",     "used 1 taken"),
    ("",                        "attempt-2 times currency",   "8",       "",     "out of order"),
    // Rules come before capability and terminal, the provider's own rules last among them.
    ("",                        "times",                      "",        "",     "refused start_by_ms"),
    ("",                        "too-little",                 "",        "",     "refused amount"),
    ("",                        "no-terminal",                "",        "",     "refused terminal"),
    ("",                        "foreign",                    "",        "",     "refused foreign"),
    ("",                        "times foreign",              "",        "",     "refused start_by_ms"),
    ("",                        "times capture",              "",        "",     "refused start_by_ms"),
    ("",                        "foreign capture",            "",        "",     "refused foreign"),
    ("",                        "times",                      "8",       "",     "refused start_by_ms"),
    ("",                        "foreign",                    "9",       "",     "refused foreign"),
    ("1 declined",              "attempt-2 times capture",    "8",       "",     "refused start_by_ms"),
    // Capability comes before the terminal.
    ("",                        "currency",                   "",        "",     "refused currency"),
    ("",                        "capture",                    "8",       "",     "refused capture"),
    ("",                        "allow-part",                 "9",       "",     "refused allow_part"),
    ("1 declined",              "attempt-2 currency",         "8",       "",     "refused currency"),
    // The terminal comes last; who stays is named before who would go.
    ("",                        "",                           "8",       "",     "busy 8"),
    ("",                        "",                           "8",       "8",    "busy 8"),
    ("",                        "",                           "9",       "",     "busy 9 look"),
    ("",                        "",                           "9",       "8",    "busy 9 look"),
    ("",                        "",                           "9 8",     "",     "busy 8"),
    ("",                        "",                           "9 8",     "9",    "busy 8"),
    ("1 declined",              "attempt-2",                  "8",       "",     "busy 8"),
    ("1 declined",              "attempt-2",                  "9",       "9",    "new releasing 9"),
];

#[test]
fn the_table_holds() {
    for row in TABLE {
        let (attempts, asked, terminal, looked, expected) = *row;
        let verdict = judge(attempts, asked, terminal, looked);
        assert_eq!(in_words(&verdict), expected, "{row:?}");
    }
}

#[test]
fn every_verdict_is_in_the_table() {
    let has = |verdict: &str| TABLE.iter().any(|row| row.4.starts_with(verdict));
    for name in ["new", "join", "replay", "used", "conflict", "unknown", "out of order"] {
        assert!(has(name), "{name}");
    }
    for name in ["refused", "busy 8", "busy 9 look"] {
        assert!(has(name), "{name}");
    }
}

/// What is said of the identity stays the same, whatever else is wrong.
#[test]
fn nothing_speaks_before_identity() {
    let decided_by_identity = ["join", "replay", "used", "conflict", "unknown", "out of order"];
    for (attempts, asked, _, _, expected) in TABLE {
        if !decided_by_identity.iter().any(|verdict| expected.starts_with(verdict)) {
            continue;
        }
        for flaws in ["", "times", "foreign", "times foreign"] {
            for terminal in ["", "8", "9", "9 8"] {
                let verdict = judge(attempts, &format!("{asked} {flaws}"), terminal, "");
                assert_eq!(in_words(&verdict), *expected, "{attempts}: {asked} {flaws}");
            }
        }
    }
}

#[test]
fn several_who_give_way_all_have_to_be_looked_at() {
    let sale = read(&request());
    let holders: Vec<Holder> =
        [4, 9].map(|number| Holder { payment: id(number), gives_way: true }).into();
    let known = Known { holders, ..Known::default() };
    for (looked, expected) in
        [("4", "busy 9 look"), ("9", "busy 4 look"), ("9 4", "new releasing 4 9")]
    {
        let request = SaleRequest { screen_clear: ids(looked), ..request() };
        assert_eq!(in_words(&ask(&request, &sale, &known)), expected);
    }
}

fn judge(attempts: &str, asked: &str, terminal: &str, looked: &str) -> Verdict {
    let mut request = request();
    request.screen_clear = ids(looked);
    asked.split_whitespace().for_each(|word| change(&mut request, word));
    let made = attempts.split(", ").filter(|text| !text.is_empty()).map(made).collect::<Vec<_>>();
    let attempts = made.iter().map(|(number, sale, word)| attempt(*number, sale, word)).collect();
    let holders = terminal
        .split_whitespace()
        .map(|number| Holder { payment: id(number.parse().unwrap()), gives_way: number == "9" });
    let known = Known { attempts, holders: holders.collect() };
    ask(&request, &read(&request), &known)
}

fn ask(request: &SaleRequest, sale: &Sale, known: &Known<'_>) -> Verdict {
    let fingerprint = fingerprint(sale);
    let asked = Asked { request, sale, fingerprint: &fingerprint };
    let limits = Limits {
        capabilities: &CAPABILITIES,
        usual: &USUAL,
        check: &|sale| match foreign(sale) {
            true => Err(Fault::invalid("foreign", "ours", "the provider's own rule")),
            false => Ok(()),
        },
        replay_window_ms: 10 * MINUTE_MS,
    };
    verdict(asked, limits, known, &NOW)
}

fn change(request: &mut SaleRequest, word: &str) {
    match word {
        "attempt-2" => request.attempt = 2,
        "attempt-3" => request.attempt = 3,
        "amount" => request.amount = crate::sale::Asked::Text("14.00".into()),
        "too-little" => request.amount = crate::sale::Asked::Text("0.05".into()),
        "currency" => request.currency = "NOK".into(),
        "terminal" => request.terminal = Some("t-2".into()),
        "no-terminal" => request.terminal = None,
        "capture" => request.capture = Capture::Manual,
        "allow-part" => request.allow_part = true,
        "note" => drop(request.metadata.insert("table".into(), "12".into())),
        "times" => request.start_by_ms = Some(1),
        // Breaks the provider's own rule without changing what is compared.
        "foreign" => request.reference = "foreign".into(),
        _ => panic!("no such change: {word}"),
    }
}

fn foreign(sale: &Sale) -> bool {
    sale.reference.as_str() == "foreign"
}

fn made(text: &str) -> (u32, Sale, &str) {
    let (number, word) = text.split_once(' ').unwrap();
    let number = number.parse().unwrap();
    (number, read(&SaleRequest { attempt: number, ..request() }), word)
}

fn attempt<'a>(number: u32, sale: &'a Sale, word: &str) -> Attempt<'a> {
    let (what, when) = word.split_once('-').unwrap_or((word, ""));
    let fate = match what {
        "open" => Fate::Undecided,
        "paid" => Fate::Taken,
        "declined" => Fate::Free,
        _ => panic!("no such fate: {what}"),
    };
    let settled_at = match when {
        "" if fate == Fate::Undecided => None,
        "" => Some(ago(10 * MINUTE_MS - 1)),
        "long-ago" => Some(ago(10 * MINUTE_MS)),
        "before-boot" => Some(Moment { boot: BootId(0), ..ago(1) }),
        "pruned" => None,
        _ => panic!("no such time: {when}"),
    };
    let payment = id(number.try_into().unwrap());
    Attempt { payment, sale, fingerprint: fingerprint(sale), fate, settled_at }
}

fn ago(ms: u64) -> Moment {
    let wall_ms = NOW.wall_ms.checked_sub_unsigned(ms).unwrap();
    Moment { wall_ms, boot_ms: NOW.boot_ms.checked_sub(ms).unwrap(), boot: NOW.boot }
}

fn id(number: u8) -> PaymentId {
    PaymentId::from_bytes([number; 16])
}

fn ids(text: &str) -> Vec<PaymentId> {
    text.split_whitespace().map(|number| id(number.parse().unwrap())).collect()
}

fn in_words(verdict: &Verdict) -> String {
    let number = |id: &PaymentId| id.bytes()[0];
    match verdict {
        Verdict::New { times, releases } => {
            assert_eq!(*times, USUAL);
            let released: Vec<String> = releases.iter().map(|id| number(id).to_string()).collect();
            let releasing = if released.is_empty() { "" } else { " releasing " };
            format!("new{releasing}{}", released.join(" "))
        }
        Verdict::Join(payment) => format!("join {}", number(payment)),
        Verdict::Replay(payment) => format!("replay {}", number(payment)),
        Verdict::ReferenceUsed { payment, taken } => {
            format!("used {} {}", number(payment), if *taken { "taken" } else { "free" })
        }
        Verdict::Conflict { payment, field } => format!("conflict {} {field}", number(payment)),
        Verdict::OutcomeUnknown(payment) => format!("unknown {}", number(payment)),
        Verdict::AttemptOutOfOrder => "out of order".into(),
        Verdict::Refused(fault) => format!("refused {}", fault.field),
        Verdict::TerminalBusy { by, screen_clear_would_do } => {
            format!("busy {}{}", number(by), if *screen_clear_would_do { " look" } else { "" })
        }
    }
}
