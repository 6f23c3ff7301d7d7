use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::NAME;
use super::settings::{APP, settings};
use crate::provider::qonto::set_up;
use crate::provider::tests::testing::{read, written};
use crate::provider::{
    AuthorizeAsk, Credentials, Grant, Kept, Need, Secret, Settings, TokenFailure, Tokens, WayOut,
};
use crate::time::{BootId, DAY_MS, HOUR_MS, MINUTE_MS, Moment};

const SECOND_MS: u64 = 1_000;

fn tokens_of(settings: &Settings) -> Arc<dyn Tokens> {
    let Credentials::Tokens(tokens) = set_up(settings).unwrap().credentials else {
        panic!("fixed")
    };
    tokens
}

fn sandbox() -> Settings {
    let mut sandbox = settings(APP);
    sandbox.insert("environment".into(), "sandbox".into());
    sandbox.insert("staging_token".into(), "st-1".into());
    sandbox
}

fn tokens() -> Arc<dyn Tokens> {
    tokens_of(&sandbox())
}

fn asked_at() -> Moment {
    Moment { wall_ms: 1_795_132_800_000, boot_ms: 1_000_000, boot: BootId(1) }
}

/// So long after the tokens were asked for, by each clock.
fn after(wall_ms: i64, boot_ms: u64) -> Moment {
    let Moment { wall_ms: wall, boot_ms: booted, boot } = asked_at();
    Moment { wall_ms: wall + wall_ms, boot_ms: booted + boot_ms, boot }
}

fn later(ms: u64) -> Moment {
    after(i64::try_from(ms).unwrap(), ms)
}

fn kept() -> Kept {
    Kept {
        access: Secret::new("ory_at_old"),
        asked_at: asked_at(),
        life_ms: HOUR_MS,
        refresh: Some(Secret::new("ory_rt_old")),
        refresh_life_ms: Some(90 * DAY_MS),
        scopes: Vec::new(),
    }
}

fn refresh() -> Grant {
    Grant::Refresh(Secret::new("ory_rt_old"))
}

#[test]
fn tokens_are_renewed_at_every_edge_as_the_table_says() {
    let soon = HOUR_MS - 5 * MINUTE_MS;
    let first = HOUR_MS - 30 * SECOND_MS;
    let table = [
        ("just asked for", later(0), Need::Nothing { for_ms: soon }),
        ("a moment before it is time", later(soon - 1), Need::Nothing { for_ms: 1 }),
        ("it is time", later(soon), Need::RenewSoon(refresh())),
        ("a moment before it is too late", later(first - 1), Need::RenewSoon(refresh())),
        ("too late to use it", later(first), Need::RenewFirst(refresh())),
        ("expired", later(HOUR_MS), Need::RenewFirst(refresh())),
        ("long expired", later(89 * DAY_MS), Need::RenewFirst(refresh())),
        (
            "the last moment of the refresh token",
            later(90 * DAY_MS - 1),
            Need::RenewFirst(refresh()),
        ),
        ("the refresh token is dead", later(90 * DAY_MS), Need::Consent),
    ];
    for (name, now, need) in table {
        assert_eq!(tokens().need(Some(&kept()), &now), need, "{name}");
    }
    assert_eq!(tokens().need(None, &later(0)), Need::Consent);
}

#[test]
fn a_clock_that_jumps_costs_a_request_and_never_a_consent() {
    let hour = i64::try_from(HOUR_MS).unwrap();
    let year = 365 * 24 * hour;
    let rebooted = |wall_ms: i64, boot_ms| Moment { boot: BootId(2), boot_ms, ..after(wall_ms, 0) };
    let fresh = Need::Nothing { for_ms: HOUR_MS - 5 * MINUTE_MS };
    let table = [
        ("the wall clock forward", after(hour, 1), Need::RenewFirst(refresh())),
        ("the wall clock forward a year", after(year, 1), Need::RenewFirst(refresh())),
        ("the wall clock back a year", after(-year, 0), fresh),
        ("back, and expired", after(-year, HOUR_MS), Need::RenewFirst(refresh())),
        ("asleep", after(0, HOUR_MS), Need::RenewFirst(refresh())),
        ("another boot, at once", rebooted(1, 1), Need::RenewSoon(refresh())),
        ("another boot, an hour later", rebooted(hour, 1), Need::RenewFirst(refresh())),
        ("another boot, back a year", rebooted(-year, 1), Need::RenewSoon(refresh())),
        ("another boot, a year later", rebooted(year, 1), Need::RenewFirst(refresh())),
        ("another boot, up for 90 days", rebooted(year, 90 * DAY_MS), Need::Consent),
    ];
    for (name, now, need) in table {
        assert_eq!(tokens().need(Some(&kept()), &now), need, "{name}");
    }
}

#[test]
fn without_a_refresh_token_the_last_second_counts() {
    let kept = Kept { refresh: None, ..kept() };
    let table = [
        (later(0), Need::Nothing { for_ms: HOUR_MS }),
        (later(HOUR_MS - 1), Need::Nothing { for_ms: 1 }),
        (later(HOUR_MS), Need::Consent),
        (Moment { boot: BootId(2), ..later(1) }, Need::Nothing { for_ms: HOUR_MS - 1 }),
    ];
    for (now, need) in table {
        assert_eq!(tokens().need(Some(&kept), &now), need, "{now:?}");
    }
}

/// However short a life is, there is a time of use before the time to renew.
#[test]
fn a_short_life_is_used_before_it_is_renewed() {
    let kept = Kept { life_ms: MINUTE_MS, ..kept() };
    let need = |ms| tokens().need(Some(&kept), &later(ms));
    assert_eq!(need(0), Need::Nothing { for_ms: 30 * SECOND_MS });
    assert_eq!(need(30 * SECOND_MS), Need::RenewSoon(refresh()));
    assert_eq!(need(45 * SECOND_MS), Need::RenewFirst(refresh()));
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    age_ms: Option<u64>,
    #[serde(default)]
    environment: Option<String>,
    exchange: Value,
    #[serde(default)]
    kept: Value,
    #[serde(default)]
    failure: Value,
}

fn vectors() -> Vec<Vector> {
    read(NAME, "token")
}

#[test]
fn each_answer_comes_to_what_its_vector_says() {
    for Vector { name, age_ms, environment, exchange: came, kept: becomes, failure } in vectors() {
        let tokens = match environment.as_deref() {
            Some("production") => tokens_of(&settings(APP)),
            _ => tokens(),
        };
        let before = age_ms.map(|_| kept());
        let now = later(age_ms.unwrap_or_default());
        match tokens.answer(&written(&came), before.as_ref(), &now) {
            Ok(kept) => {
                assert_eq!(shown(&*tokens, &kept), becomes, "{name}");
                assert_eq!(kept.asked_at, now, "{name}");
                assert_eq!(kept.refresh_life_ms, Some(90 * DAY_MS), "{name}");
                // What is kept comes back the same after it was sealed.
                assert_eq!(Kept::from_text(kept.to_text().expose()), Some(kept), "{name}");
            }
            Err(TokenFailure { error, way_out }) => {
                let told = json!({ "code": error.code, "way_out": way_out_json(way_out) });
                assert_eq!(told, failure, "{name}: {error}");
            }
        }
    }
}

fn shown(tokens: &dyn Tokens, kept: &Kept) -> Value {
    json!({
        "access": kept.access.expose(),
        "life_ms": kept.life_ms,
        "refresh": kept.refresh.as_ref().map(Secret::expose),
        "scopes": kept.scopes,
        "missing": tokens.missing_scopes(kept),
    })
}

fn way_out_json(way_out: WayOut) -> Value {
    match way_out {
        WayOut::Later { ms } => json!({ "later_ms": ms }),
        WayOut::Consent => json!("consent"),
        WayOut::Credentials => json!("credentials"),
    }
}

/// The refresh was sent and its answer lost: within the grace the same token brings a pair.
#[test]
fn a_rotation_that_was_lost_is_made_good_within_the_grace() {
    let tokens = tokens();
    let lost = written(&json!({ "maybe_sent": "the connection broke" }));
    let now = later(HOUR_MS);
    let failure = tokens.answer(&lost, Some(&kept()), &now).unwrap_err();
    let WayOut::Later { ms } = failure.way_out else { panic!("{failure:?}") };
    assert!(ms * 5 < MINUTE_MS, "several more tries fit into the grace");
    // What is kept is what was kept, so the same token is used again.
    assert_eq!(tokens.need(Some(&kept()), &later(HOUR_MS + ms)), Need::RenewFirst(refresh()));
    let granted = vectors().into_iter().find(|vector| vector.name == "a new pair").unwrap();
    let kept = tokens.answer(&written(&granted.exchange), Some(&kept()), &now).unwrap();
    assert_eq!(kept.refresh, Some(Secret::new("ory_rt_new")));
}

#[test]
fn a_token_request_carries_its_secrets_where_they_are_not_recorded() {
    let cases = [
        (refresh(), "grant_type=refresh_token&refresh_token=ory_rt_old"),
        (
            Grant::Code {
                code: Secret::new("ory_ac_1"),
                redirect_uri: "https://a.example/x?y=1".into(),
            },
            "grant_type=authorization_code&code=ory_ac_1\
             &redirect_uri=https%3A%2F%2Fa.example%2Fx%3Fy%3D1",
        ),
        (Grant::Client, "grant_type=client_credentials"),
    ];
    for (grant, form) in cases {
        let asked = tokens().request(&grant);
        assert_eq!(asked.host, Some("oauth"));
        let body = format!("{form}&client_id=client-1-s3cret&client_secret=s3cret%2B%2F%3D");
        assert_eq!(asked.secret_body, Some(Secret::new(&body)));
        let staging = vec![("X-Qonto-Staging-Token", Secret::new("st-1"))];
        assert_eq!(asked.secret_headers, Some(staging));
        let written = serde_json::to_value(&asked.request).unwrap();
        assert_eq!(written["method"], "POST");
        assert_eq!(written["path"], "/oauth2/token");
        assert_eq!(
            written["headers"][0],
            json!(["Content-Type", "application/x-www-form-urlencoded"])
        );
        assert_eq!(written["may_move_money"], false);
        assert!(!format!("{asked:?}{written}").contains("s3cret"));
        // Production takes no staging token, and no account's own headers either.
        let production = tokens_of(&settings(APP)).request(&grant);
        assert_eq!(production.secret_headers, Some(Vec::new()));
    }
}

#[test]
fn every_request_in_the_sandbox_carries_the_staging_token_in_its_own_spelling() {
    let access = Secret::new("ory_at_1");
    let headers = tokens().headers(&access);
    let shown: Vec<_> = headers.iter().map(|(name, secret)| (*name, secret.expose())).collect();
    let staging = ("X-Qonto-Staging-Token", "st-1");
    assert_eq!(shown, [("Authorization", "Bearer ory_at_1"), staging]);
    assert_eq!(tokens_of(&settings(APP)).headers(&access).len(), 1);
    assert!(tokens().rotates());
}

#[test]
fn consent_is_asked_for_with_state_and_without_a_secret() {
    let ask =
        AuthorizeAsk { redirect_uri: "https://a.example/back?x=1".into(), state: "a b&c".into() };
    let url = tokens_of(&settings(APP)).authorize_url(&ask).unwrap();
    assert_eq!(
        url,
        "https://oauth.qonto.com/oauth2/auth?client_id=client-1-s3cret\
         &redirect_uri=https%3A%2F%2Fa.example%2Fback%3Fx%3D1&response_type=code\
         &scope=offline_access%20terminal.read%20terminal.write%20webhook\
         &state=a%20b%26c&organization_id=org-1"
    );
    let sandbox = tokens().authorize_url(&ask).unwrap();
    assert!(sandbox.starts_with("https://oauth-sandbox.staging.qonto.co/oauth2/auth?"));
    assert!(!sandbox.contains("st-1") && !sandbox.contains("code_challenge"));
}
