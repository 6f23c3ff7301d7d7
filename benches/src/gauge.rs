//! What this process has used so far, as the kernel counts it.

use std::fs;

use crate::Fault;

/// Memory that is resident now, in bytes.
///
/// # Errors
/// Where the kernel does not tell.
pub fn resident_bytes() -> Result<u64, Fault> {
    let status = read("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| "no VmRSS in the status".to_owned())
}

/// Processor time of all threads so far, user and system, in milliseconds; in steps of ten.
///
/// # Errors
/// Where the kernel does not tell.
pub fn processor_ms() -> Result<u64, Fault> {
    let stat = read("/proc/self/stat")?;
    // The second field is the program's name in brackets, which may hold spaces.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in the stat")?;
    let ticks = |index| fields.split_whitespace().nth(index)?.parse::<u64>().ok();
    let (user, system) = ticks(USER).zip(ticks(SYSTEM)).ok_or("no times in the stat")?;
    Ok((user + system) * TICK_MS)
}

/// The places of the two times, counted after the name.
const USER: usize = 11;
const SYSTEM: usize = 12;
/// Linux tells times to programs in hundredths of a second.
const TICK_MS: u64 = 10;

fn read(path: &str) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|fault| format!("{path}: {fault}"))
}
