mod fingerprint;
mod key;
mod precedence;
mod refusal;

use crate::ids::{AccountName, MerchantId};
use crate::sale::{Account, Environment, References, Sale, SaleRequest, parse};
use crate::time::{BootId, Moment};

const NOW: Moment = Moment { wall_ms: 1_795_132_800_000, boot_ms: 10_000_000, boot: BootId(1) };

fn account() -> Account {
    Account {
        name: AccountName::parse("shop-1").unwrap(),
        provider: "qonto".into(),
        merchant: MerchantId::parse("org-1").unwrap(),
        environment: Environment::Sandbox,
    }
}

fn request() -> SaleRequest {
    SaleRequest::new("shop-1", Some("t-1"), "13.30", "EUR", "order-456")
}

fn read(request: &SaleRequest) -> Sale {
    parse(request, &account(), &References::Unique, &NOW).unwrap()
}
