//! A receipt in lines of fixed width, as paper rolls have them.

use tillkit_model::error::{Code, Error};
use tillkit_model::payment::details::{Entry, Holder};
use tillkit_model::payment::summary::Amount;
use tillkit_model::payment::view::Outcome;
use tillkit_model::time::{DAY_MS, MINUTE_MS, calendar_date};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Labels, Receipt};

/// The narrowest roll.
pub const COLUMNS_MIN: usize = 32;
/// The widest roll.
pub const COLUMNS_MAX: usize = 48;

/// How a receipt is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How many columns a line has, from 32 to 48.
    pub columns: usize,
    /// Whose copy it is: decides which wording of the provider is printed.
    pub holder: Holder,
    /// The shop's name and address, centred above.
    pub header: Vec<String>,
    /// What the shop wants to say below.
    pub footer: Vec<String>,
    /// The words.
    pub labels: Labels,
    /// The shop's offset from UTC.
    pub offset_minutes: i32,
}

impl Layout {
    /// The customer's copy in this many columns, in English and UTC, with nothing above or below.
    #[must_use]
    pub fn columns(columns: usize) -> Self {
        Self {
            columns,
            holder: Holder::Customer,
            header: Vec::new(),
            footer: Vec::new(),
            labels: Labels::default(),
            offset_minutes: 0,
        }
    }
}

impl Receipt {
    /// The receipt in lines, each at most as wide as the layout says.
    ///
    /// # Errors
    /// `invalid-field` for a width that no roll has.
    pub fn text(&self, layout: &Layout) -> Result<String, Error> {
        if !(COLUMNS_MIN..=COLUMNS_MAX).contains(&layout.columns) {
            let sentence = format!("a receipt has {COLUMNS_MIN} to {COLUMNS_MAX} columns");
            let error = Error::new(Code::InvalidField).field("columns").rule("range");
            return Err(error.limit(COLUMNS_MAX).message(sentence));
        }
        let mut page = Page { columns: layout.columns, lines: Vec::new() };
        self.set(&mut page, layout);
        Ok(page.lines.join("\n") + "\n")
    }

    fn set(&self, page: &mut Page, layout: &Layout) {
        layout.header.iter().for_each(|line| page.centred(line));
        self.set_standing(page, &layout.labels);
        page.rule();
        self.set_items(page);
        self.set_amounts(page, &layout.labels);
        page.rule();
        self.set_means(page, &layout.labels);
        self.set_names(page, layout);
        if let Some(wording) = self.wording(layout.holder) {
            page.rule();
            wording.lines().for_each(|line| page.wrapped(line));
        }
        if !layout.footer.is_empty() {
            page.rule();
        }
        layout.footer.iter().for_each(|line| page.centred(line));
    }

    /// What is no proof of payment says so first.
    fn set_standing(&self, page: &mut Page, labels: &Labels) {
        match self.outcome {
            Outcome::Open | Outcome::Unknown => page.centred(&labels.not_known),
            Outcome::NotPaid => page.centred(&labels.not_paid),
            Outcome::Held => page.centred(&labels.held),
            Outcome::Paid | Outcome::PartPaid | Outcome::Returned => {}
        }
        if self.provisional {
            page.centred(&labels.provisional);
        }
    }

    fn set_items(&self, page: &mut Page) {
        for item in &self.items {
            let name = match &*item.quantity {
                "1" => item.name.to_string(),
                quantity => format!("{quantity} x {}", item.name),
            };
            page.pair(&name, &item.amount.text());
        }
        if !self.items.is_empty() {
            page.rule();
        }
    }

    fn set_amounts(&self, page: &mut Page, labels: &Labels) {
        let amounts = &self.amounts;
        page.amount(&labels.amount, &amounts.asked);
        let optional = [
            (&labels.tip, &amounts.tip),
            (&labels.total, &amounts.authorized),
            (&labels.returned, &amounts.returned),
            (&labels.returning, &amounts.returning),
        ];
        for (label, amount) in optional.into_iter().filter(|(_, amount)| amount.minor != 0) {
            page.amount(label, amount);
        }
        if amounts.returned.minor != 0 || amounts.returning.minor != 0 {
            page.amount(&labels.remaining, &amounts.remaining);
        }
    }

    fn set_means(&self, page: &mut Page, labels: &Labels) {
        let digits = self.last_four.as_ref().map(|digits| format!("**** {digits}"));
        let card: Vec<&str> = self.scheme.as_deref().into_iter().chain(digits.as_deref()).collect();
        if !card.is_empty() {
            page.pair(&labels.card, &card.join(" "));
        }
        for asset in &self.assets {
            let amount = asset.amount.map(|amount| format!(" {}", amount.text()));
            page.pair(&labels.paid_with, &format!("{}{}", asset.kind, amount.unwrap_or_default()));
        }
        if let Some(entry) = self.entry {
            page.pair(&labels.entry, entry_word(labels, entry));
        }
    }

    fn set_names(&self, page: &mut Page, layout: &Layout) {
        let labels = &layout.labels;
        page.pair(&labels.reference, self.reference.as_str());
        // The name under which the provider has it too, where it has no shorter one.
        if self.short_code.is_none() {
            page.pair(&labels.payment, &self.payment.to_string());
        }
        let shown =
            [(&labels.short_code, &self.short_code), (&labels.transaction, &self.transaction)];
        for (label, name) in shown {
            name.iter().for_each(|name| page.pair(label, name));
        }
        if self.transaction.is_none() {
            self.charges.iter().for_each(|charge| page.pair(&labels.transaction, charge.as_str()));
        }
        self.terminal.iter().for_each(|terminal| page.pair(&labels.terminal, terminal.as_str()));
        page.pair(&labels.date, &date(self.created_at_ms, layout.offset_minutes));
    }
}

fn entry_word(labels: &Labels, entry: Entry) -> &str {
    let [contactless, chip, swipe, manual, code] = &labels.entries;
    match entry {
        Entry::Contactless => contactless,
        Entry::Chip => chip,
        Entry::Swipe => swipe,
        Entry::Manual => manual,
        Entry::Code => code,
    }
}

/// Day and minute by the shop's clock.
fn date(wall_ms: i64, offset_minutes: i32) -> String {
    let day_ms = i64::try_from(DAY_MS).unwrap_or(i64::MAX);
    let minute_ms = i64::try_from(MINUTE_MS).unwrap_or(i64::MAX);
    let local = wall_ms.saturating_add(i64::from(offset_minutes).saturating_mul(minute_ms));
    let minutes = local.rem_euclid(day_ms).div_euclid(minute_ms);
    let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
    format!("{} {hour:02}:{minute:02}", calendar_date(local.div_euclid(day_ms)))
}

/// Lines that never are wider than the roll.
struct Page {
    columns: usize,
    lines: Vec<String>,
}

impl Page {
    fn rule(&mut self) {
        self.lines.push("-".repeat(self.columns));
    }

    fn centred(&mut self, text: &str) {
        for line in wrap(text, self.columns) {
            let before = self.columns.saturating_sub(line.width()).div_euclid(2);
            self.lines.push(" ".repeat(before) + &line);
        }
    }

    fn wrapped(&mut self, text: &str) {
        self.lines.extend(wrap(text, self.columns));
    }

    /// Left and right on one line where both fit, else one below the other.
    fn pair(&mut self, left: &str, right: &str) {
        let (left, right) = (plain(left), plain(right));
        let used = left.width().saturating_add(right.width());
        if used < self.columns {
            let gap = " ".repeat(self.columns.saturating_sub(used));
            self.lines.push(left + &gap + &right);
            return;
        }
        self.lines.extend(wrap(&left, self.columns));
        for line in wrap(&right, self.columns) {
            let gap = " ".repeat(self.columns.saturating_sub(line.width()));
            self.lines.push(gap + &line);
        }
    }

    fn amount(&mut self, label: &str, amount: &Amount) {
        self.pair(label, &format!("{} {}", amount.text, amount.currency));
    }
}

/// A printer obeys control characters, and a provider's text is not ours to trust.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

/// Breaks at spaces where there are any, and within a word that is longer than a line.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in plain(text).split(' ') {
        let line = lines.last().map_or(0, |line| line.width());
        let gap = usize::from(line > 0);
        if line.saturating_add(gap).saturating_add(word.width()) > columns && line > 0 {
            lines.push(String::new());
        } else if gap > 0
            && let Some(line) = lines.last_mut()
        {
            line.push(' ');
        }
        push_word(&mut lines, word, columns);
    }
    lines
}

fn push_word(lines: &mut Vec<String>, word: &str, columns: usize) {
    for letter in word.chars() {
        let width = lines.last().map_or(0, |line| line.width());
        if width.saturating_add(letter.width().unwrap_or(0)) > columns {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push(letter);
        }
    }
}
