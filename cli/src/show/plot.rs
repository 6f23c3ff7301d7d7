//! A period as a picture: a bar for each part of it, stacked by how payments ended.
//!
//! Plain SVG without a script or a font of its own; it reads in dark and light, and its words are
//! there for those who do not see it.

use std::fmt::Write as _;

use tillkit::report::Period;
use tillkit::till::{Outcome, Summary};

use super::times;

/// How many bars there are: the hours of a day, or 24 parts of anything longer.
const BARS: i64 = 24;
const WIDTH: i64 = 960;
const HEIGHT: i64 = 320;
const LEFT: i64 = 40;
const BASE: i64 = 250;
const TOP: i64 = 50;

/// How each outcome is drawn, from the bottom up: name, colour, and what it is called.
const KINDS: [(&str, &str, &[Outcome]); 4] = [
    ("paid", "#2f9e63", &[Outcome::Paid, Outcome::Held, Outcome::PartPaid]),
    ("returned", "#5b84c4", &[Outcome::Returned]),
    ("not paid", "#9aa0a6", &[Outcome::NotPaid]),
    ("open or unknown", "#d9822b", &[Outcome::Open, Outcome::Unknown]),
];

/// The picture.
pub fn svg(period: Period, payments: &[Summary]) -> String {
    let bars = bars(period, payments);
    let most = bars.iter().map(|bar| bar.iter().sum::<i64>()).max().unwrap_or(0).max(1);
    let mut picture = String::new();
    open(&mut picture, period, payments.len());
    axis(&mut picture, period, most);
    for (place, bar) in (0..).zip(&bars) {
        draw(&mut picture, place, bar, most);
    }
    legend(&mut picture, &bars);
    picture.push_str("</svg>");
    picture
}

type Bar = [i64; KINDS.len()];

fn bars(period: Period, payments: &[Summary]) -> Vec<Bar> {
    let mut bars = vec![Bar::default(); BARS as usize];
    let span = (period.to_ms - period.from_ms).max(1);
    for summary in payments.iter().filter(|one| period.contains(one.created_at_ms)) {
        let place = (summary.created_at_ms - period.from_ms) * BARS / span;
        let kind = KINDS.iter().position(|(.., outcomes)| outcomes.contains(&summary.outcome));
        if let (Some(bar), Some(kind)) = (bars.get_mut(place as usize), kind) {
            bar[kind] += 1;
        }
    }
    bars
}

fn open(picture: &mut String, period: Period, count: usize) {
    let title = format!("{} to {}", times::local(period.from_ms), times::local(period.to_ms));
    // Writing into a text cannot fail, here and below.
    writeln!(
        picture,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <title>{count} payments, {title}</title>\n\
         <style>text{{fill:#333}}line{{stroke:#bbb}}@media(prefers-color-scheme:dark)\
         {{text{{fill:#ddd}}line{{stroke:#555}}}}</style>\n\
         <text x=\"{LEFT}\" y=\"26\" font-size=\"16\">{count} payments, {title}</text>"
    )
    .ok();
}

fn axis(picture: &mut String, period: Period, most: i64) {
    let right = WIDTH - 20;
    writeln!(picture, "<line x1=\"{LEFT}\" y1=\"{BASE}\" x2=\"{right}\" y2=\"{BASE}\"/>").ok();
    writeln!(
        picture,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{most}</text>",
        LEFT - 6,
        TOP + 5
    )
    .ok();
    writeln!(picture, "<text x=\"{}\" y=\"{BASE}\" text-anchor=\"end\">0</text>", LEFT - 6).ok();
    for place in (0..BARS).step_by(3) {
        let at = period.from_ms + (period.to_ms - period.from_ms) / BARS * place;
        let label = if period.to_ms - period.from_ms > 2 * 86_400_000 {
            times::local(at)[5..10].to_owned()
        } else {
            times::clock(at)[..5].to_owned()
        };
        writeln!(picture, "<text x=\"{}\" y=\"{}\">{label}</text>", left_of(place), BASE + 18).ok();
    }
}

fn draw(picture: &mut String, place: i64, bar: &Bar, most: i64) {
    let mut base = BASE;
    for ((name, colour, _), count) in KINDS.iter().zip(bar).filter(|(_, count)| **count > 0) {
        let height = ((BASE - TOP) * count / most).max(2);
        base -= height;
        writeln!(
            picture,
            "<rect x=\"{}\" y=\"{base}\" width=\"{}\" height=\"{height}\" fill=\"{colour}\">\
             <title>{count} {name}</title></rect>",
            left_of(place),
            step() - 6,
        )
        .ok();
    }
}

fn legend(picture: &mut String, bars: &[Bar]) {
    for (place, (name, colour, _)) in KINDS.iter().enumerate() {
        let count: i64 = bars.iter().map(|bar| bar[place]).sum();
        let x = LEFT + 200 * place as i64;
        writeln!(
            picture,
            "<rect x=\"{x}\" y=\"288\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"299\">{count} {name}</text>",
            x + 18
        )
        .ok();
    }
}

const fn step() -> i64 {
    (WIDTH - LEFT - 20) / BARS
}

const fn left_of(place: i64) -> i64 {
    LEFT + step() * place + 3
}
