//! Breaks comments that are too wide: what rustfmt leaves to people.
//!
//! Only paragraphs with a line over the limit are touched. Tables, headings and code in comments
//! are left as they are.

use super::mask::mask;
use super::sizes::COLUMNS;

/// The text with its wide comments broken anew; the same text where there is none.
pub fn wrap(text: &str) -> String {
    let masked = mask(text);
    let mut output = Vec::new();
    let mut paragraph: Option<Paragraph> = None;
    let mut in_code = false;
    for (line, read) in text.lines().zip(masked.comments.lines()) {
        // Only where the compiler sees a comment too, and not the inside of a string.
        let comment = Comment::read(line).filter(|_| read.trim() == line.trim());
        let fence = comment.as_ref().is_some_and(|comment| comment.body.starts_with("```"));
        let prose = comment.filter(|comment| !in_code && !fence && comment.is_prose());
        in_code ^= fence;
        if let (Some(open), Some(comment)) = (&mut paragraph, &prose)
            && open.takes(comment)
        {
            open.add(line, comment);
            continue;
        }
        output.extend(paragraph.take().into_iter().flat_map(Paragraph::close));
        match prose {
            Some(comment) => paragraph = Some(Paragraph::open(line, &comment)),
            None => output.push(line.to_owned()),
        }
    }
    output.extend(paragraph.into_iter().flat_map(Paragraph::close));
    let end = if text.ends_with('\n') { "\n" } else { "" };
    output.join("\n") + end
}

/// A line that holds a comment and nothing else.
struct Comment<'a> {
    /// Its margin and its marker, such as `    ///`.
    lead: &'a str,
    /// The blanks after the marker.
    indent: usize,
    body: &'a str,
}

impl<'a> Comment<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let margin = line.len() - line.trim_start().len();
        let marker = ["///", "//!", "//"].iter().find(|mark| line[margin..].starts_with(**mark))?;
        let (lead, rest) = line.split_at(margin + marker.len());
        let body = rest.trim();
        Some(Self { lead, indent: rest.len() - rest.trim_start().len(), body })
    }

    fn is_prose(&self) -> bool {
        !self.body.is_empty() && !self.body.starts_with(['|', '#']) && self.indent < 5
    }

    /// The width of a list's mark at the beginning, or nothing.
    fn item(&self) -> usize {
        let (first, _) = self.body.split_once(' ').unwrap_or((self.body, ""));
        let number = first.strip_suffix('.').is_some_and(|digits| digits.parse::<u32>().is_ok());
        if matches!(first, "-" | "*") || number { first.len() + 1 } else { 0 }
    }
}

/// Lines that flow into each other.
struct Paragraph {
    lines: Vec<String>,
    lead: String,
    first_indent: usize,
    indent: usize,
    words: Vec<String>,
}

impl Paragraph {
    fn open(line: &str, comment: &Comment) -> Self {
        let mut paragraph = Self {
            lines: Vec::new(),
            lead: comment.lead.to_owned(),
            first_indent: comment.indent,
            indent: comment.indent + comment.item(),
            words: Vec::new(),
        };
        paragraph.add(line, comment);
        paragraph
    }

    fn takes(&self, comment: &Comment) -> bool {
        comment.lead == self.lead && comment.indent == self.indent && comment.item() == 0
    }

    fn add(&mut self, line: &str, comment: &Comment) {
        self.lines.push(line.to_owned());
        self.words.extend(comment.body.split(' ').map(str::to_owned));
    }

    fn close(self) -> Vec<String> {
        if self.lines.iter().all(|line| line.chars().count() <= COLUMNS) {
            return self.lines;
        }
        let mut lines = Vec::new();
        let mut line = format!("{}{}", self.lead, " ".repeat(self.first_indent));
        let mut fresh = true;
        for word in &self.words {
            let width = line.chars().count() + 1 + word.chars().count();
            if !fresh && width > COLUMNS {
                lines.push(line);
                line = format!("{}{}", self.lead, " ".repeat(self.indent));
                fresh = true;
            }
            if !fresh {
                line.push(' ');
            }
            line.push_str(word);
            fresh = false;
        }
        lines.push(line);
        lines
    }
}
