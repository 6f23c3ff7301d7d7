//! Faults that need no occasion: a process, the machine, a clock, the journal, a stranger.

use super::faults::Fault;
use super::life::{Event, World};
use super::providers;

/// How often the gremlin comes at the most.
const GREMLINS_MAX: u32 = 30;

impl World {
    /// Looks for an occasion, and comes again.
    pub(super) fn gremlin(&mut self) {
        if self.quiet {
            return;
        }
        let length_ms = self.quiet_at_ms.saturating_sub(self.now_ms);
        self.gremlins += 1;
        if self.gremlins > GREMLINS_MAX {
            return;
        }
        let wait_ms = self.draws(0x51).between(1_000, 6_000 + length_ms / 15);
        self.queue.put(self.now_ms + wait_ms, Event::Gremlin);
        self.trouble_processes();
        self.trouble_machine();
        self.trouble_journal();
        let process = self.draws(0x54).between(0, self.processes.len() as u64 - 1) as usize;
        self.trouble_token(process);
        if let Some(mut draws) = self.strike(Fault::Stranger) {
            let minor = self.visits.first().map_or(1_000, |visit| visit.minor);
            let number = draws.between(0, providers::TERMINALS as u64 - 1) as usize;
            let name = self.kind.row().shop.terminal.unwrap_or(providers::uuid_terminal);
            self.provider.stranger(Some(&name(number)), minor, self.now_ms);
        }
    }

    fn trouble_processes(&mut self) {
        if let Some(mut draws) = self.strike(Fault::Kill) {
            let process = draws.between(0, self.processes.len() as u64 - 1) as usize;
            let longest = draws.pick(&[500, 20_000, 120_000]);
            self.kill(process, draws.between(100, longest));
        }
        if let Some(mut draws) = self.strike(Fault::Stop) {
            let process = draws.between(0, self.processes.len() as u64 - 1) as usize;
            let longest = draws.pick(&[2_000, 25_000, 200_000]);
            self.freeze(process, draws.between(500, longest));
        }
        if let Some(mut draws) = self.strike(Fault::LongOutage) {
            let down_ms = draws.between(20 * 60_000, 50 * 60_000);
            for process in 0..self.processes.len() {
                self.kill(process, down_ms);
            }
            self.quiet_at_ms = self.quiet_at_ms.max(self.now_ms + down_ms + 60_000);
        }
    }

    fn trouble_machine(&mut self) {
        if let Some(mut draws) = self.strike(Fault::MachineSleeps) {
            let longest = draws.pick(&[20_000, 200_000, 3_000_000]);
            let for_ms = draws.between(1_000, longest);
            for process in 0..self.processes.len() {
                self.freeze(process, for_ms);
            }
            self.quiet_at_ms = self.quiet_at_ms.max(self.now_ms + for_ms);
        }
        if let Some(mut draws) = self.strike(Fault::Reboot) {
            let down_ms = draws.between(5_000, 90_000);
            for process in 0..self.processes.len() {
                self.kill(process, down_ms + 1_000);
            }
            self.machine.reboot(self.now_ms + draws.between(0, 1_000));
        }
        if let Some(mut draws) = self.strike(Fault::WallForward) {
            let longest = draws.pick(&[5_000, 100_000, 90_000_000]);
            self.machine.jump(draws.between(1_000, longest) as i64);
        }
        if let Some(mut draws) = self.strike(Fault::WallBack) {
            let longest = draws.pick(&[5_000, 100_000, 90_000_000]);
            self.machine.jump(-(draws.between(1_000, longest) as i64));
        }
    }

    fn trouble_journal(&mut self) {
        if !self.faults.is_on(Fault::JournalRestored) {
            return;
        }
        if self.draws(0x52).chance(300) {
            self.disk.back_up();
        }
        if let Some(mut draws) = self.strike(Fault::JournalRestored) {
            for process in 0..self.processes.len() {
                self.kill(process, draws.between(1_000, 20_000));
            }
            if self.disk.restore() {
                self.restored = true;
                self.auditor.journal_restored(self.now_ms);
                self.tell(|| "the journal is an older copy from here on".to_owned());
            }
        }
    }

    /// A person has looked up what the journal forgot, says so, and opens the shop again; what was
    /// sold in the forgotten part is not sold again.
    pub(super) fn acknowledge(&mut self) {
        for process in 0..self.processes.len() {
            self.kill(process, 500);
        }
        let mut draws = self.draws(0x53);
        let now = self.moment();
        self.disk.acknowledge(&now, &mut draws);
        self.auditor.journal_acknowledged(self.now_ms);
        self.tell(|| "a person acknowledges that the journal is an older copy".to_owned());
        for visit in &mut self.visits {
            visit.barred |= self.auditor.knows(&visit.reference, visit.attempt);
        }
    }
}
