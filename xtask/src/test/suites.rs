//! The suites that `cargo xtask test` runs, in their order: a row for each.

/// One program whose success is part of the project's.
pub struct Suite {
    pub name: &'static str,
    pub about: &'static str,
    pub needs: &'static [Tool],
    /// `cargo` and `xtask` mean the ones that run now.
    pub program: &'static str,
    pub arguments: &'static [&'static str],
    pub environment: &'static [(&'static str, &'static str)],
    pub counts: Counts,
}

/// How a suite tells what passed.
pub enum Counts {
    /// It is one test: the exit code.
    Exit,
    /// Rust's test harness: the sum of all its `test result:` lines.
    Libtest,
    /// Node's: its last lines, `ℹ pass 3` and `ℹ fail 0`.
    Node,
    /// Python's: the last line of each run, `1 failed, 85 passed in 43.54s`.
    Pytest,
}

/// Something that must be installed, and what to do when it is not.
pub struct Tool {
    pub name: &'static str,
    /// The program and arguments that succeed where the tool is there.
    pub ask: (&'static str, &'static [&'static str]),
    pub way_out: &'static str,
}

const RUSTFMT: Tool = Tool {
    name: "rustfmt",
    ask: ("cargo", &["fmt", "--version"]),
    way_out: "`rustup component add rustfmt`",
};

const CLIPPY: Tool = Tool {
    name: "clippy",
    ask: ("cargo", &["clippy", "--version"]),
    way_out: "`rustup component add clippy`",
};

const NODE: Tool = Tool {
    name: "Node 20 or newer",
    ask: ("node", &["--eval", "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)"]),
    way_out: "`apt-get install nodejs npm`, or nodejs.org",
};

/// What a row says unless it says otherwise: cargo, judged by its exit code.
const CARGO: Suite = Suite {
    name: "",
    about: "",
    needs: &[],
    program: "cargo",
    arguments: &[],
    environment: &[],
    counts: Counts::Exit,
};

/// Every suite.
pub const SUITES: &[Suite] = &[
    Suite {
        name: "fmt",
        about: "rustfmt would change nothing",
        needs: &[RUSTFMT],
        arguments: &["fmt", "--all", "--check"],
        ..CARGO
    },
    Suite {
        name: "clippy",
        about: "no warning in any target",
        needs: &[CLIPPY],
        arguments: &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        ..CARGO
    },
    Suite {
        name: "doc",
        about: "the documentation builds, and every link in it leads somewhere",
        arguments: &["doc", "--workspace", "--no-deps"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
        ..CARGO
    },
    Suite {
        name: "rust",
        about: "unit, integration and documentation tests",
        arguments: &["test", "--workspace", "--no-fail-fast"],
        counts: Counts::Libtest,
        ..CARGO
    },
    Suite {
        name: "tidy",
        about: "the house rules hold, and the checks find what is planted",
        program: "xtask",
        arguments: &["tidy", "--self-test"],
        ..CARGO
    },
    Suite {
        name: "counter",
        about: "the counter, driven by a real browser; pictures in target/counter",
        needs: &[NODE],
        program: "xtask",
        arguments: &["counter"],
        counts: Counts::Node,
        ..CARGO
    },
    Suite {
        name: "python",
        about: "the package for Python, on every Python from 3.10 that is here",
        program: "xtask",
        arguments: &["python"],
        counts: Counts::Pytest,
        ..CARGO
    },
    Suite {
        name: "docs",
        about: "the book builds, every link leads somewhere, every command shown was run",
        program: "xtask",
        arguments: &["docs"],
        ..CARGO
    },
    Suite {
        name: "soak",
        about: "five thousand lives in the simulated world, and no word of the auditor",
        program: "xtask",
        arguments: &["soak", "--seeds", "5000"],
        ..CARGO
    },
];
