//! A shop's backend on a port of this machine: the module `backend`, started.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use tillkit::till::{Connect, Open, Till};
use tillkit_samples::backend::{ACCOUNT, Backend, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let till = Till::open("till.db", Open { create: true, ..Open::default() })?;
    let named = |(name, value): (String, String)| {
        Some((name.strip_prefix("QONTO_")?.to_lowercase(), value))
    };
    let settings: BTreeMap<String, String> = std::env::vars().filter_map(named).collect();
    till.connect(Connect::new(ACCOUNT, "qonto", &settings)?).await?;
    let listener = TcpListener::bind(std::env::var("LISTEN")?).await?;
    println!("http://{}", listener.local_addr()?);
    let backend = Backend { till: Arc::new(till), terminal: std::env::var("TERMINAL")? };
    serve(Arc::new(backend), listener).await?;
    Ok(())
}
