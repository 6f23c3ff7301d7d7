//! No id or cursor bends a path, whoever wrote it: till, provider or stranger.

use tillkit_model::ids::{ChargeId, TerminalId};
use tillkit_model::sale::Sale;
use tillkit_model::wire::Request;

use crate::cast::{Cast, casts, errands};

/// What could make another place of a path if it were written into one as it is.
const HOSTILE: &[&str] = &[
    "..",
    ".",
    "../../oauth2/token",
    "a/b",
    "/a",
    "//evil.example/",
    "a?b=c",
    "a&limit=1",
    "a#b",
    "a%2fb",
    "%2e%2e",
    "a\\b",
    "@evil.example",
    ":8080/",
    "a;b",
    "a=b",
    "a+b",
    "*",
    "{id}",
    "'",
    "https://evil.example/",
    "http:evil.example",
    "a\"b",
    "<a>",
    "~",
    "$(id)",
    "a|b",
    "a^b",
    "a`b",
];

/// The places of a path and the names in its query, in their order.
fn shape(request: &Request) -> Option<(usize, Vec<String>)> {
    let (place, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    // The wire lets no such path leave; see the tests of its endpoint.
    let leaves = !place.split('/').any(|segment| matches!(segment, "." | ".."));
    let sound = place.starts_with('/')
        && !place.contains("//")
        && !request.path.contains(['\\', '#', '"', '<', '>', '{', '}'])
        && request.path.bytes().all(|byte| byte.is_ascii_graphic());
    assert!(sound, "{}", request.path);
    let name = |part: &str| part.split('=').next().unwrap_or("").to_owned();
    let names = query.split('&').filter(|part| !part.is_empty()).map(name);
    leaves.then(|| (place.matches('/').count(), names.collect()))
}

fn same_shape(cast: &Cast, hostile: &Request, usual: &Request) {
    if let Some(shaped) = shape(hostile) {
        assert_eq!(Some(shaped), shape(usual), "{}: {}", cast.name(), hostile.path);
    }
}

#[test]
fn a_terminal_is_refused_or_stays_what_it_is() {
    for cast in casts() {
        let adapter = &cast.setup.adapter;
        for word in HOSTILE {
            let Ok(terminal) = TerminalId::parse(word) else { continue };
            let sale = Sale { terminal: Some(terminal), ..cast.sale.clone() };
            if adapter.check(&sale).is_err() {
                continue;
            }
            let mut payment = cast.payment.clone();
            *payment.sale = sale;
            let starts = [&payment, &cast.payment].map(|payment| adapter.start(payment, None));
            same_shape(&cast, &starts[0], &starts[1]);
            let looks = [&payment, &cast.payment].map(|payment| adapter.look_up(payment));
            if let [Some(hostile), Some(usual)] = &looks {
                same_shape(&cast, hostile, usual);
            }
        }
    }
}

/// A provider's ids come from the provider, or from whoever stands between.
#[test]
fn a_charge_stays_what_it_is() {
    for cast in casts() {
        let adapter = &cast.setup.adapter;
        for word in HOSTILE {
            let Ok(charge) = ChargeId::parse(word) else { continue };
            let reads = [&charge, &cast.charge].map(|charge| adapter.read(&cast.payment, charge));
            same_shape(&cast, &reads[0], &reads[1]);
            for (payment, operation) in &cast.operations {
                let made = |charge| adapter.operate(payment, operation, charge);
                if let (Some(hostile), Some(usual)) = (made(&charge), made(&cast.charge)) {
                    same_shape(&cast, &hostile, &usual);
                }
            }
        }
    }
}

#[test]
fn what_an_errand_names_stays_what_it_is() {
    for cast in casts() {
        let desk = &cast.setup.desk;
        for word in HOSTILE {
            for (hostile, usual) in errands(word, word).iter().zip(errands("T-1", "2")) {
                if desk.check(hostile).is_err() {
                    continue;
                }
                if let (Some(hostile), Some(usual)) = (desk.request(hostile), desk.request(&usual))
                {
                    assert_eq!(hostile.host, usual.host, "{}", cast.name());
                    same_shape(&cast, &hostile.request, &usual.request);
                }
            }
        }
    }
}
