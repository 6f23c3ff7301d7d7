//! The workload: lanes side by side, in each lane one sale after another until it is settled.

use std::sync::Arc;

use tillkit::till::{Code, Error, Outcome, SaleRequest, Summary};
use tillkit_model::ids::Reference;
use tokio::task::JoinSet;

use super::{Counter, say};
use crate::word::{ACCOUNT, Job, Manner, Report};

/// Takes all sales and tells when every one is settled.
pub async fn work(counter: Arc<Counter>, lanes: Vec<Vec<Job>>) {
    let mut running = JoinSet::new();
    for lane in lanes {
        running.spawn(run(Arc::clone(&counter), lane));
    }
    while let Some(ended) = running.join_next().await {
        if let Err(failure) = ended.unwrap() {
            say(&Report::Failed(failure));
        }
    }
    say(&Report::Done);
}

async fn run(counter: Arc<Counter>, lane: Vec<Job>) -> Result<(), String> {
    for job in lane {
        let view = match sell(&counter, &job).await {
            Ok(view) => view,
            // Whoever waited when the till was closed knows which payment to come back for.
            Err(error) if error.code == Code::Closed && error.payment.is_some() => return Ok(()),
            Err(error) => return Err(format!("{}: {error:?}", job.reference)),
        };
        if !is_known(view.outcome) {
            say(&Report::Unknown { reference: job.reference, payment: view.id.to_string() });
            until_known(&counter, &view).await;
        }
    }
    Ok(())
}

async fn sell(counter: &Counter, job: &Job) -> Result<Summary, Error> {
    let till = &counter.till;
    match job.manner {
        Manner::Once => known_or(counter, job, till.pay(asked(job)).await).await,
        Manner::Twice => {
            let first = known_or(counter, job, till.pay(asked(job)).await).await?;
            let again = known_or(counter, job, till.pay(asked(job)).await).await?;
            assert_eq!(again.id, first.id, "a repeat is the same payment");
            Ok(again)
        }
        Manner::Cancel => {
            let started = known_or(counter, job, till.start(asked(job)).await).await?;
            till.cancel(started.id).await?;
            till.wait(started.id, None).await
        }
    }
}

/// A repeat long after the sale was settled, or after a reboot, is told to look it up.
async fn known_or(
    counter: &Counter,
    job: &Job,
    told: Result<Summary, Error>,
) -> Result<Summary, Error> {
    match told {
        Err(error) if error.code == Code::ReferenceUsed => {
            let reference = Reference::parse(&job.reference).unwrap();
            let found = counter.till.payment_by_reference(ACCOUNT, &reference).await?;
            found.ok_or(error)
        }
        told => told,
    }
}

fn asked(job: &Job) -> SaleRequest {
    let Job { reference, terminal, amount, start_by_ms, settle_by_ms, .. } = job;
    SaleRequest {
        start_by_ms: Some(*start_by_ms),
        settle_by_ms: Some(*settle_by_ms),
        ..SaleRequest::new(ACCOUNT, Some(terminal), amount, "EUR", reference)
    }
}

/// Others find out: a notification, a replay, a person.
async fn until_known(counter: &Counter, view: &Summary) {
    let mut known = counter.known.clone();
    let told = known.wait_for(|outcomes| {
        let outcome = outcomes.get(&view.id).map(AsRef::as_ref);
        outcome.is_some_and(|name| name != Outcome::Open.name() && name != Outcome::Unknown.name())
    });
    told.await.unwrap();
}

fn is_known(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Open | Outcome::Unknown)
}
