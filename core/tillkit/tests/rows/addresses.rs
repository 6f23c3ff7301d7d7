//! No setting leads a request, and with it a secret, to another place than it says.

use tillkit::till::Connect;
use tillkit_model::error::Code;
use tillkit_model::provider::{Provider, Settings, registry};

use crate::cast::settings;

/// The settings that are addresses of a provider's hosts.
const ADDRESSES: [&str; 4] = ["base_url", "oauth_url", "core_url", "auth_url"];
const GOOD: &str = "https://127.0.0.1:8443";

const HOSTILE: &[&str] = &[
    "",
    "api",
    "//evil.example",
    "/v1",
    "ftp://evil.example",
    "file:///etc/passwd",
    "javascript:0",
    "http://evil.example",
    "http://evil.example#.good.example",
    "https://user@evil.example",
    "https://good.example:x@evil.example",
    "https://good.example/../v2",
    "https://good.example/./a",
    "https://good.example//evil.example",
    "https://good.example?to=evil",
    "https://good.example#a",
    "https://good.example\\@evil.example",
    "https://good.example/a b",
    "https:///",
    "https://",
    "https://good.example\t",
    "https://good.example/\r\nHost: evil.example",
    "data:text/html,x",
];

#[test]
fn an_address_that_could_be_another_is_refused() {
    let mut tried = 0;
    for row in registry() {
        let usual = settings(row.name).into_iter().chain(of_an_app(row.name));
        for (mode, usual) in usual {
            let with = |settings: &Settings| Connect::new("shop-1", row.name, settings);
            with(&usual).unwrap();
            for key in addresses(row.name, &usual) {
                for hostile in HOSTILE {
                    let mut settings = usual.clone();
                    settings.insert(key.to_owned(), (*hostile).to_owned());
                    if is_idle(row, &settings, hostile) {
                        continue;
                    }
                    let refused = with(&settings).err().map(|error| error.code);
                    let typed = matches!(
                        refused,
                        Some(Code::InvalidConfiguration | Code::InsecureUrl | Code::InvalidField)
                    );
                    assert!(typed, "{} ({mode}) {key} {hostile:?}: {refused:?}", row.name);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 100, "only {tried}");
}

/// Whether nothing is ever sent there.
fn is_idle(row: &Provider, settings: &Settings, address: &str) -> bool {
    (row.set_up)(settings).is_ok_and(|setup| {
        setup.base_url != address && setup.hosts.iter().all(|(_, host)| host != address)
    })
}

/// An account that asks for tokens itself has one address more.
fn of_an_app(provider: &str) -> Option<(String, Settings)> {
    let mut settings = settings(provider).remove("all").filter(|_| provider == "qonto")?;
    settings.remove("access_token");
    let more =
        [("client_id", "c"), ("client_secret", "c"), ("base_url", GOOD), ("oauth_url", GOOD)];
    settings.extend(more.map(|(key, value)| (key.to_owned(), value.to_owned())));
    Some(("of an app".to_owned(), settings))
}

/// Those that this provider knows in this mode.
fn addresses(provider: &str, usual: &Settings) -> Vec<&'static str> {
    let known = |key: &&str| {
        let mut settings = usual.clone();
        settings.insert((*key).to_owned(), GOOD.to_owned());
        let refused = Connect::new("shop-1", provider, &settings).err();
        refused.is_none_or(|error| error.rule.as_deref() != Some("known-settings"))
    };
    ADDRESSES.into_iter().filter(known).collect()
}
