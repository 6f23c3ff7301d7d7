//! What the program `till` weighs and takes: its size, the time of `--version`, and the processor
//! time of a `till simulate` that nobody asks for anything.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::process::{Workspace, timed, watch};

/// How often `--version` is run.
const RUNS: usize = 50;
/// How long the simulator is left alone.
const IDLE: Duration = Duration::from_secs(10);

const SIZE_AIM: u64 = 12_000_000;
const VERSION_AIM: Duration = Duration::from_millis(20);
/// A thousandth of one core.
const IDLE_AIM: Duration = Duration::from_millis(10);

/// Builds it in the release profile, measures, and prints what came out beside the aims. A missed
/// aim is no error: times depend on the machine.
pub fn measure(workspace: &Workspace) -> Result<(), String> {
    let program = built(workspace)?;
    let bytes = std::fs::metadata(&program).map_err(|fault| told(&program, &fault))?.len();
    row("", "measured", "aim");
    let megabytes = format!("{}.{:02} MB", bytes / 1_000_000, bytes % 1_000_000 / 10_000);
    row("size of the program", &megabytes, &aim("under 12 MB", bytes < SIZE_AIM));

    let times = versions(&program)?;
    let (least, median, most) = (times[0], times[RUNS / 2], times[RUNS - 1]);
    let shown = format!("{} ({} to {})", ms(median), ms(least), ms(most));
    row("till --version", &shown, &aim("under 20 ms", median < VERSION_AIM));

    match idle(&program)? {
        Some(Idle { busy, wakes }) => {
            let shown = format!("{}, {wakes} wake-ups", ms(busy));
            let what = format!("till simulate, {} s alone", IDLE.as_secs());
            row(&what, &shown, &aim("no processor time", busy < IDLE_AIM));
        }
        None => row("till simulate, alone", "not told by this system", "no processor time"),
    }
    Ok(())
}

/// The path of the release build.
fn built(workspace: &Workspace) -> Result<PathBuf, String> {
    let mut build = workspace.cargo(&["build", "--release", "--package", "tillkit-cli"])?;
    if !watch(&mut build)? {
        return Err("the program does not build".to_owned());
    }
    // Beside this program's own profile, wherever builds go.
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = here.parent().and_then(Path::parent).ok_or("this program is nowhere")?;
    Ok(target.join("release").join(format!("till{}", std::env::consts::EXE_SUFFIX)))
}

/// How long each run took, the shortest first.
fn versions(program: &Path) -> Result<Vec<Duration>, String> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let mut command = Command::new(program);
        command.arg("--version").stdout(Stdio::null());
        let (status, took) = timed(|| command.status());
        if !status.map_err(|fault| told(program, &fault))?.success() {
            return Err("`till --version` failed".to_owned());
        }
        times.push(took);
    }
    times.sort_unstable();
    Ok(times)
}

/// What a process that nobody asks for anything did.
struct Idle {
    busy: Duration,
    /// How often it went to sleep again.
    wakes: u64,
}

fn idle(program: &Path) -> Result<Option<Idle>, String> {
    let mut command = Command::new(program);
    command.args(["simulate", "--port", "0"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|fault| told(program, &fault))?;
    let idle = left_alone(&mut child);
    // It was started here, and has nothing to lose.
    child.kill().ok();
    child.wait().ok();
    idle
}

#[expect(clippy::disallowed_methods, reason = "how long it is left alone is what is measured")]
fn left_alone(child: &mut Child) -> Result<Option<Idle>, String> {
    let stdout = child.stdout.take().ok_or("the simulator says nothing")?;
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    if !lines.any(|line| line.ends_with("ends it.")) {
        return Err("the simulator ended before it said where it is".to_owned());
    }
    let Some(before) = taken(child.id()) else { return Ok(None) };
    std::thread::sleep(IDLE);
    let after = taken(child.id());
    Ok(after.map(|after| Idle {
        busy: after.busy.saturating_sub(before.busy),
        wakes: after.wakes.saturating_sub(before.wakes),
    }))
}

/// What all threads of a process have taken so far, as Linux tells it.
fn taken(process: u32) -> Option<Idle> {
    let mut all = Idle { busy: Duration::ZERO, wakes: 0 };
    for thread in std::fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let thread = thread.ok()?.path();
        let text = |name: &str| std::fs::read_to_string(thread.join(name)).ok();
        let busy_ns = text("schedstat")?.split(' ').next()?.parse().ok()?;
        all.busy += Duration::from_nanos(busy_ns);
        let status = text("status")?;
        let wakes = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        all.wakes += wakes?.trim().parse::<u64>().ok()?;
    }
    Some(all)
}

fn row(what: &str, measured: &str, aim: &str) {
    println!("{what:<26}  {measured:<32}  {aim}");
}

fn aim(words: &str, met: bool) -> String {
    format!("{words}: {}", if met { "met" } else { "missed" })
}

fn ms(time: Duration) -> String {
    format!("{}.{:02} ms", time.as_millis(), time.as_micros() % 1_000 / 10)
}

fn told(program: &Path, fault: &std::io::Error) -> String {
    format!("{}: {fault}", program.display())
}
