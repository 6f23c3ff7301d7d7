//! Where an account's requests go, and the headers that prove who asks.
//!
//! Promises that no request leaves for another host, above the base path, or unencrypted over a
//! network that strangers can listen to.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};
use tillkit_model::error::{Code, Error};
pub use tillkit_model::provider::Reach;

use super::secret::Secret;

const FIELD: &str = "base_url";

/// A base address that was checked, with the secret headers of its account.
#[derive(Clone)]
pub struct Endpoint {
    base: Url,
    secrets: Vec<(HeaderName, Secret)>,
    /// The SHA-256 of the only certificate that is accepted there.
    pin: Option<[u8; 32]>,
}

impl Endpoint {
    /// Checks a base address, such as `https://thirdparty.example/v2`.
    ///
    /// # Errors
    /// `insecure-url` without encryption where there must be some; `invalid-configuration` for an
    /// address that holds more than scheme, host, port and path.
    pub fn parse(base_url: &str, reach: Reach) -> Result<Self, Error> {
        let base = Url::parse(base_url).map_err(|fault| {
            refused("absolute-url", format!("the base address cannot be read: {fault}"))
        })?;
        check_parts(base_url, &base)?;
        check_encryption(&base, reach)?;
        let pin = match reach {
            Reach::Pinned(pin) => Some(pin),
            Reach::Internet | Reach::LocalTerminal => None,
        };
        Ok(Self { base, secrets: Vec::new(), pin })
    }

    /// Adds a header that every request carries and no log shows.
    ///
    /// # Errors
    /// `invalid-configuration` when name or value cannot be an HTTP header.
    pub fn secret_header(mut self, name: &str, value: Secret) -> Result<Self, Error> {
        let unfit = || {
            Error::new(Code::InvalidConfiguration).field(name.to_lowercase()).rule("header").message(
                "a credential does not fit into an HTTP header: take it without line breaks and \
                 characters outside ASCII",
            )
        };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
        HeaderValue::from_str(value.expose()).map_err(|_| unfit())?;
        self.secrets.push((name, value));
        Ok(self)
    }

    /// The base address.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.base.as_str()
    }

    /// Which host this is, whatever the path and however its address was spelled.
    pub(crate) fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// The only certificate that is accepted there, where it is one.
    pub(super) const fn pin(&self) -> Option<[u8; 32]> {
        self.pin
    }

    /// The full address of a request's path.
    ///
    /// What is parsed must come out byte for byte as it was put together: whatever a parser would
    /// tidy up, resolve or encode is refused, for then it could mean another place than it says.
    pub(super) fn address(&self, path: &str) -> Result<Url, &'static str> {
        check_path(path)?;
        let (place, query) =
            path.split_once('?').map_or((path, None), |(place, query)| (place, Some(query)));
        let mut whole = self.base.as_str().trim_end_matches('/').to_owned();
        // Scheme, host and port stay as they were checked.
        let mut address = self.base.clone();
        address.set_path(&[self.base.path().trim_end_matches('/'), place].concat());
        address.set_query(query);
        whole.push_str(path);
        let same_place = address.as_str() == whole;
        same_place.then_some(address).ok_or("its path is not in the form in which it is sent")
    }

    /// The secret headers, marked so that nothing below prints them either.
    pub(crate) fn secret_headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> + '_ {
        self.secrets.iter().filter_map(|(name, secret)| {
            let mut value = HeaderValue::from_str(secret.expose()).ok()?;
            value.set_sensitive(true);
            Some((name.clone(), value))
        })
    }

    /// The same text with every secret of this account blotted out.
    pub(super) fn redacted(&self, text: &str) -> String {
        let given = self.secrets.iter().map(|(_, secret)| secret.expose());
        given.filter(|secret| !secret.is_empty()).fold(text.to_owned(), |text, secret| {
            // "Bearer xyz" is a secret as a whole, and so is its last word alone.
            let last = secret.rsplit(' ').next().unwrap_or(secret);
            let text = text.replace(secret, "…");
            if last.is_empty() { text } else { text.replace(last, "…") }
        })
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.secrets.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Endpoint")
            .field("base", &self.base.as_str())
            .field("secrets", &names)
            .finish()
    }
}

fn check_parts(given: &str, base: &Url) -> Result<(), Error> {
    if !base.username().is_empty() || base.password().is_some() {
        return Err(refused(
            "no-userinfo",
            "the base address holds a user name or password: give credentials as such",
        ));
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err(refused(
            "no-query",
            "the base address holds a query or a fragment: give scheme, host, port and path only",
        ));
    }
    if base.host().is_none() {
        return Err(refused("host", "the base address names no host"));
    }
    let plain = !given.contains(['\\', '\t', '\n', '\r', ' ']);
    let (_, after_scheme) = given.split_once("://").unwrap_or(("", ""));
    let path = after_scheme.find('/').and_then(|at| after_scheme.get(at..)).unwrap_or("/");
    let as_given = path == base.path() && !path.contains("//");
    if plain && as_given {
        Ok(())
    } else {
        Err(refused(
            "plain-path",
            "the base address has a path that would be rewritten: spell it plainly",
        ))
    }
}

fn check_encryption(base: &Url, reach: Reach) -> Result<(), Error> {
    let may_be_plain = match reach {
        Reach::Internet => is_this_machine(base),
        Reach::LocalTerminal => is_this_machine(base) || is_on_lan(base),
        // A certificate was named: without encryption nobody would show it.
        Reach::Pinned(_) => false,
    };
    match base.scheme() {
        "https" => Ok(()),
        "http" if may_be_plain => Ok(()),
        "http" => Err(Error::new(Code::InsecureUrl).field(FIELD).rule("https")),
        _ => Err(refused("https", "the base address must begin with https://")),
    }
}

fn is_this_machine(base: &Url) -> bool {
    address_of(base).map_or_else(
        || base.host_str().is_some_and(|host| host.eq_ignore_ascii_case("localhost")),
        |address| address.is_loopback(),
    )
}

/// A literal of the networks that routers do not pass on; a name could be made to point anywhere.
fn is_on_lan(base: &Url) -> bool {
    address_of(base).is_some_and(|address| match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    })
}

fn address_of(base: &Url) -> Option<IpAddr> {
    let host = base.host_str()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn check_path(path: &str) -> Result<(), &'static str> {
    let (place, _) = path.split_once('?').unwrap_or((path, ""));
    if !place.starts_with('/') || place.contains("//") {
        return Err("its path must start with one slash and hold no empty segment");
    }
    if path.contains(['\\', '#']) || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("its path holds a character that does not belong into one");
    }
    let climbs = place.split('/').any(|segment| matches!(segment, "." | ".."));
    if climbs { Err("its path climbs out of the base address") } else { Ok(()) }
}

fn refused(rule: &str, message: impl Into<String>) -> Error {
    Error::new(Code::InvalidConfiguration).field(FIELD).rule(rule).message(message)
}
