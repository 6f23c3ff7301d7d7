//! Separates the code of a Rust file from its comments and its literals.
//!
//! What is taken out leaves blanks behind, so that lines and columns stay where they were; only a
//! literal leaves one quotation mark in the code, to show that there was one.

/// A file's text twice, in the same places: once only what the compiler acts on, once only what
/// people read.
pub struct Masked {
    pub code: String,
    pub comments: String,
}

/// Reads a whole file.
pub fn mask(text: &str) -> Masked {
    let mut reader = Reader {
        rest: text.chars().collect(),
        at: 0,
        code: String::with_capacity(text.len()),
        comments: String::new(),
    };
    while reader.at < reader.rest.len() {
        reader.piece();
    }
    Masked { code: reader.code, comments: reader.comments }
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    code: String,
    comments: String,
}

#[derive(Clone, Copy)]
enum Kind {
    Code,
    Comment,
    LiteralStart,
    Literal,
}

impl Reader {
    fn piece(&mut self) {
        let here = self.char_at(0);
        let after_name = self.at > 0 && is_name(self.rest[self.at - 1]);
        if here == '/' && self.char_at(1) == '/' {
            self.take_while(Kind::Comment, |c| c != '\n');
        } else if here == '/' && self.char_at(1) == '*' {
            self.block_comment();
        } else if let Some(hashes) = self.raw_string().filter(|_| !after_name) {
            self.raw(hashes);
        } else if here == '"' {
            self.quoted('"');
        } else if here == '\'' && self.is_character() {
            self.quoted('\'');
        } else {
            self.take(Kind::Code);
        }
    }

    fn char_at(&self, ahead: usize) -> char {
        self.rest.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn take(&mut self, kind: Kind) {
        let c = self.char_at(0);
        let blank = if c == '\n' { c } else { ' ' };
        let (code, comment) = match kind {
            Kind::Code => (c, blank),
            Kind::Comment => (blank, c),
            Kind::LiteralStart => ('"', blank),
            Kind::Literal => (blank, blank),
        };
        self.code.push(code);
        self.comments.push(comment);
        self.at += 1;
    }

    fn take_while(&mut self, kind: Kind, goes_on: impl Fn(char) -> bool) {
        while self.at < self.rest.len() && goes_on(self.char_at(0)) {
            self.take(kind);
        }
    }

    fn take_many(&mut self, kind: Kind, count: usize) {
        for _ in 0..count.min(self.rest.len() - self.at) {
            self.take(kind);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.rest.len() {
            match (self.char_at(0), self.char_at(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    self.take(Kind::Comment);
                    continue;
                }
            }
            self.take_many(Kind::Comment, 2);
            if depth == 0 {
                return;
            }
        }
    }

    /// The number of `#` if a raw string starts here: `r"`, `r#"`, `br#"` and the like.
    fn raw_string(&self) -> Option<usize> {
        let prefix = match (self.char_at(0), self.char_at(1)) {
            ('r', _) => 1,
            ('b' | 'c', 'r') => 2,
            _ => return None,
        };
        let hashes = (prefix..).take_while(|ahead| self.char_at(*ahead) == '#').count();
        (self.char_at(prefix + hashes) == '"').then_some(hashes)
    }

    fn raw(&mut self, hashes: usize) {
        self.take(Kind::LiteralStart);
        self.take_while(Kind::Literal, |c| c != '"');
        self.take(Kind::Literal);
        while self.at < self.rest.len() {
            let closes = self.char_at(0) == '"' && (1..=hashes).all(|n| self.char_at(n) == '#');
            if closes {
                self.take_many(Kind::Literal, 1 + hashes);
                return;
            }
            self.take(Kind::Literal);
        }
    }

    fn quoted(&mut self, quote: char) {
        self.take(Kind::LiteralStart);
        while self.at < self.rest.len() {
            match self.char_at(0) {
                '\\' => self.take_many(Kind::Literal, 2),
                c if c == quote => return self.take(Kind::Literal),
                _ => self.take(Kind::Literal),
            }
        }
    }

    /// `'x'` or `'\n'`, not the lifetime `'x`.
    fn is_character(&self) -> bool {
        self.char_at(1) == '\\' || self.char_at(2) == '\''
    }
}

/// What names are made of.
pub fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
