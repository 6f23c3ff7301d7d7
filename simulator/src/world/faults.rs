//! Which faults strike, and when: a closed list of kinds, whole classes of which each life turns
//! off.
//!
//! Whether the n-th chance of a kind strikes depends on seed, kind and n alone. So a life repeats
//! from its seed, and taking one strike out, as the shrinker does, leaves all the others in their
//! places.

use std::collections::BTreeSet;

use crate::rng::Rng;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident $word:literal $often:literal)+) => {
        /// A kind of fault. Closed: each is counted and paired with every stage of a payment.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault {
            $($(#[$doc])* $name,)+
        }

        impl Fault {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// In plain words.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// How often a chance strikes where the kind is on, in thousandths.
            const fn often(self) -> u32 {
                match self { $(Self::$name => $often,)+ }
            }
        }
    };
}

faults! {
    /// Dies with an append ordered and not made.
    KillBeforeAppend "killed before an append" 40
    /// Dies with an append made and not told.
    KillAfterAppend "killed after an append" 40
    /// The disk refuses, and nothing is kept.
    AppendFails "append failed" 60
    /// The disk refuses, and it is kept all the same.
    AppendFailsAfter "append reported failed, yet kept" 60
    /// The journal cannot be read.
    ReadFails "journal read failed" 60
    /// Dies with a permit in hand.
    KillBeforeSend "killed before a send" 60
    /// Dies as soon as the request has left.
    KillAfterSend "killed after a send" 60
    /// Is stopped with a permit in hand.
    StopBeforeSend "stopped before a send" 60
    /// No byte left.
    NotSent "connection refused" 100
    /// It left and never arrived.
    RequestLost "request lost" 100
    /// It arrives late, perhaps long after the sender was told that it failed.
    RequestLate "request late" 100
    /// It ran, and no answer came.
    AnswerLost "answer lost" 100
    /// The answer takes its time.
    AnswerLate "answer late" 80
    /// The answer is cut off.
    AnswerTruncated "answer truncated" 80
    /// 401 or 403.
    CredentialsRefused "credentials refused" 40
    /// 429.
    RateLimited "rate limited" 80
    /// A 400 out of nothing.
    Validation "validation refused" 60
    /// A login page for an API.
    LoginPage "login page" 60
    /// A 5xx, and it did not run.
    ErrorBefore "server error before" 80
    /// A 5xx, and it ran.
    ErrorAfter "server error after" 80
    /// A charge that is there is not found.
    NotFound "not found at the provider" 80
    /// The terminal drops the sale.
    TerminalOffline "terminal offline" 200
    /// The terminal shows the sale late.
    TerminalSlow "terminal slow" 250
    /// The terminal shows it hours later, and someone taps.
    TerminalWakesLate "terminal wakes hours later" 250
    /// A webhook never comes.
    HintLost "hint lost" 400
    /// A webhook comes late.
    HintLate "hint late" 400
    /// A webhook comes again.
    HintRepeated "hint repeated" 400
    /// A process dies at any time.
    Kill "killed" 80
    /// A process is stopped for a while.
    Stop "stopped" 80
    /// All of it stands still; only the boot-time clock goes on.
    MachineSleeps "machine slept" 60
    /// All of it starts anew.
    Reboot "machine rebooted" 60
    /// The wall clock jumps forward.
    WallForward "wall clock jumped forward" 80
    /// The wall clock jumps back.
    WallBack "wall clock jumped back" 80
    /// The processes are down for longer than a key lives.
    LongOutage "long outage" 40
    /// The journal goes back in time.
    JournalRestored "journal restored" 40
    /// Another till's payment of the same amount appears on the terminal.
    Stranger "stranger at the terminal" 120
    /// There is no token to ask with.
    Withheld "credentials withheld" 180
}

/// Where faults come from in one life.
#[derive(Debug, Clone)]
pub struct Faults {
    seed: u64,
    source: Source,
    quiet: bool,
    chances: Vec<u32>,
    /// What struck, in order: kind, and the how-manieth chance of its kind it was.
    pub struck: Vec<(Fault, u32)>,
}

#[derive(Debug, Clone)]
enum Source {
    /// At random: how often each kind strikes, and which strikes are taken out.
    Drawn { rates: Vec<u32>, without: BTreeSet<(Fault, u32)> },
    /// Exactly these.
    Scripted(BTreeSet<(Fault, u32)>),
}

impl Faults {
    /// The faults that this seed means.
    #[must_use]
    pub fn drawn(seed: u64) -> Self {
        let mut draws = Rng::of(seed, 0xFA, 0);
        let density = draws.pick(&[0, 150, 300, 300, 500, 800]);
        let rate = |fault: &Fault| {
            let on = draws.chance(density);
            let weight = draws.pick(&[500, 1_000, 1_000, 3_000]);
            if on { (fault.often() * weight / 1_000).min(900) } else { 0 }
        };
        let rates = Fault::ALL.iter().map(rate).collect();
        Self::of(seed, Source::Drawn { rates, without: BTreeSet::new() })
    }

    /// Exactly these faults and no other.
    #[must_use]
    pub fn scripted(seed: u64, strikes: impl IntoIterator<Item = (Fault, u32)>) -> Self {
        Self::of(seed, Source::Scripted(strikes.into_iter().collect()))
    }

    fn of(seed: u64, source: Source) -> Self {
        let chances = vec![0; Fault::ALL.len()];
        Self { seed, source, quiet: false, chances, struck: Vec::new() }
    }

    /// Takes strikes out.
    #[must_use]
    pub fn without(mut self, strikes: &BTreeSet<(Fault, u32)>) -> Self {
        if let Source::Drawn { without, .. } = &mut self.source {
            without.extend(strikes);
        }
        self
    }

    /// Whether no kind of fault is on at all.
    #[must_use]
    pub fn is_none(&self) -> bool {
        match &self.source {
            Source::Drawn { rates, .. } => rates.iter().all(|rate| *rate == 0),
            Source::Scripted(strikes) => strikes.is_empty(),
        }
    }

    /// Whether a kind may strike in this life.
    #[must_use]
    pub fn is_on(&self, fault: Fault) -> bool {
        match &self.source {
            Source::Drawn { rates, .. } => rates[fault as usize] > 0,
            Source::Scripted(strikes) => strikes.iter().any(|(kind, _)| *kind == fault),
        }
    }

    /// How many chances each kind had, in the order of [`Fault::ALL`].
    #[must_use]
    pub fn chances(&self) -> &[u32] {
        &self.chances
    }

    /// No more faults from here on.
    pub const fn be_quiet(&mut self) {
        self.quiet = true;
    }

    /// Whether the next chance of this kind strikes; then the draws for its particulars.
    pub fn strikes(&mut self, fault: Fault) -> Option<Rng> {
        if self.quiet {
            return None;
        }
        let place = fault as usize;
        let number = self.chances[place];
        self.chances[place] += 1;
        let mut draws = Rng::of(self.seed, 0x1000 + place as u64, u64::from(number));
        let hit = match &self.source {
            Source::Drawn { rates, without } => {
                draws.chance(rates[place]) && !without.contains(&(fault, number))
            }
            Source::Scripted(strikes) => strikes.contains(&(fault, number)),
        };
        if !hit {
            return None;
        }
        self.struck.push((fault, number));
        Some(draws)
    }
}
