//! Entering payments one by one, and closing the books.

use std::collections::BTreeMap;

use tillkit_model::ids::AccountName;
use tillkit_model::payment::summary::{Amount, Summary};
use tillkit_model::payment::view::Outcome;

use super::{Group, Period, Report, Row, Sum, Total};

/// Books of one period while they are open.
pub(super) struct Books {
    pub(super) report: Report,
    rows: BTreeMap<Group, Row>,
    totals: BTreeMap<(AccountName, Box<str>), Total>,
}

impl Books {
    pub(super) const fn of(period: Period) -> Self {
        let report = Report {
            period,
            rows: Vec::new(),
            totals: Vec::new(),
            open: Vec::new(),
            in_doubt: Vec::new(),
            alarmed: Vec::new(),
            unreadable: Vec::new(),
        };
        Self { report, rows: BTreeMap::new(), totals: BTreeMap::new() }
    }

    pub(super) fn enter(&mut self, summary: &Summary) {
        if !self.report.period.contains(summary.created_at_ms) {
            return;
        }
        self.name_what_needs_eyes(summary);
        self.enter_row(summary);
        self.enter_total(summary);
    }

    pub(super) fn close(self) -> Report {
        let Self { report, rows, totals } = self;
        Report {
            rows: rows.into_values().collect(),
            totals: totals.into_values().collect(),
            ..report
        }
    }

    fn name_what_needs_eyes(&mut self, summary: &Summary) {
        match summary.outcome {
            Outcome::Open => self.report.open.push(summary.id),
            Outcome::Unknown => self.report.in_doubt.push(summary.id),
            Outcome::Paid
            | Outcome::Held
            | Outcome::PartPaid
            | Outcome::NotPaid
            | Outcome::Returned => {}
        }
        if !summary.alarms.is_empty() {
            self.report.alarmed.push(summary.id);
        }
    }

    fn enter_row(&mut self, summary: &Summary) {
        let amounts = &summary.amounts;
        let group = group(summary);
        let row = self.rows.entry(group.clone()).or_insert_with(|| Row::empty(group));
        row.count = row.count.saturating_add(1);
        row.asked.add(&amounts.asked);
        row.captured.add(&amounts.captured);
        row.tips.add(&amounts.tip);
        row.returned.add(&amounts.returned);
    }

    fn enter_total(&mut self, summary: &Summary) {
        let amounts = &summary.amounts;
        if amounts.captured.minor == 0 && amounts.returned.minor == 0 {
            return;
        }
        let key = (summary.account.clone(), amounts.asked.currency.clone());
        let total = self.totals.entry(key.clone()).or_insert_with(|| Total::empty(key));
        total.count = total.count.saturating_add(1);
        total.captured.add(&amounts.captured);
        total.tips.add(&amounts.tip);
        total.returned.add(&amounts.returned);
        total.net = Sum(total.captured.0.saturating_sub(total.returned.0));
    }
}

impl Row {
    fn empty(group: Group) -> Self {
        let none = Sum::default();
        Self { group, count: 0, asked: none, captured: none, tips: none, returned: none }
    }
}

impl Total {
    fn empty((account, currency): (AccountName, Box<str>)) -> Self {
        let none = Sum::default();
        Self { account, currency, count: 0, captured: none, tips: none, returned: none, net: none }
    }
}

impl Sum {
    /// Far from the end of 128 bits, however many payments there are.
    fn add(&mut self, amount: &Amount) {
        self.0 = self.0.saturating_add(i128::from(amount.minor));
    }
}

fn group(summary: &Summary) -> Group {
    let assets = summary.details.iter().flat_map(|details| &details.assets);
    let kinds: Vec<&str> = assets.map(|asset| &*asset.kind).collect();
    let scheme = || summary.card_scheme.clone().unwrap_or_default();
    Group {
        account: summary.account.clone(),
        currency: summary.amounts.asked.currency.clone(),
        outcome: summary.outcome,
        status: summary.status,
        paid_with: if kinds.is_empty() { scheme() } else { kinds.join("+").into() },
    }
}
