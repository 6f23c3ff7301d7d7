//! A line that is typed and not shown. However it ends, the terminal shows again what is typed.

use std::io;

#[cfg(unix)]
mod ward;

/// Reads it; `Interrupted` where Ctrl-C was pressed instead.
#[cfg(not(unix))]
pub fn read(ask: impl FnOnce() -> io::Result<()>) -> io::Result<String> {
    ask()?;
    rpassword::read_password()
}

/// Reads it; `Interrupted` where Ctrl-C was pressed instead.
///
/// The question is asked once nothing is shown any more. The keys that would end or stop the
/// program arrive as letters meanwhile, and whoever ends it otherwise is heard by the ward, so that
/// it never goes without making the terminal show again what is typed.
#[cfg(unix)]
pub fn read(ask: impl FnOnce() -> io::Result<()>) -> io::Result<String> {
    use std::io::Read as _;

    let _quiet = ward::Quiet::begin()?;
    ask()?;
    let (mut line, mut keys) = (Vec::new(), io::stdin().lock());
    loop {
        let mut key = [0];
        if keys.read(&mut key)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match key[0] {
            b'\r' | b'\n' => return text(line),
            CTRL_C => return Err(io::ErrorKind::Interrupted.into()),
            CTRL_D if line.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            CTRL_U => line.clear(),
            BACKSPACE | DELETE => rub_out(&mut line),
            letter => line.push(letter),
        }
    }
}

#[cfg(unix)]
const CTRL_C: u8 = 3;
#[cfg(unix)]
const CTRL_D: u8 = 4;
#[cfg(unix)]
const BACKSPACE: u8 = 8;
#[cfg(unix)]
const CTRL_U: u8 = 21;
#[cfg(unix)]
const DELETE: u8 = 127;

#[cfg(unix)]
fn text(line: Vec<u8>) -> io::Result<String> {
    String::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// The last letter, with all its bytes.
#[cfg(unix)]
fn rub_out(line: &mut Vec<u8>) {
    let goes_on = |byte: u8| byte & 0b1100_0000 == 0b1000_0000;
    while line.pop().is_some_and(goes_on) {}
}
