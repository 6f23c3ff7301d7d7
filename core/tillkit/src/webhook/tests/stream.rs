//! A terminal's stream goes on over a new connection without losing an event.

use std::pin::Pin;

use tokio::sync::{Mutex, mpsc};

use super::*;
use crate::journal::Shelf;
use crate::till::TerminalStream;
use crate::transport::Play;

struct Events(Mutex<mpsc::UnboundedReceiver<Vec<u8>>>);

impl TerminalStream for Events {
    fn next(&self) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + '_>> {
        Box::pin(async { self.0.lock().await.recv().await })
    }
}

fn at_terminal(stream: &Arc<Events>) -> Connect {
    let settings = [
        ("mode", "local"),
        ("environment", "sandbox"),
        ("merchant_id", "m-1"),
        ("base_url", "http://192.168.1.42"),
        ("device_certificate", "certificate-1"),
    ];
    let stream: Arc<dyn TerminalStream> = stream.clone();
    connect("shop-1", "vinr", &settings).streaming(stream)
}

/// When the newest event was kept for a payment that nobody knows, once there is another.
async fn heard(till: &Till, journal: &mut MemoryJournal, before: Option<i64>) -> i64 {
    loop {
        till.health().await.unwrap();
        match journal.newest_hint_wall_ms("shop-1").unwrap() {
            Some(came) if Some(came) != before => return came,
            Some(_) | None => {}
        }
    }
}

#[tokio::test]
async fn the_event_after_a_new_connection_is_heard() {
    let mut journal = MemoryJournal::new();
    let till = till_over(journal.clone(), Arc::new(Scripted::new(|_| Play::Refuse)));
    let (says, hears) = mpsc::unbounded_channel();
    let stream = Arc::new(Events(Mutex::new(hears)));
    till.connect(at_terminal(&stream)).await.unwrap();
    let clock = SystemClock::new(1);
    let tell = |charge: &str| {
        // No two events come in the same millisecond, by which they are told apart.
        let before = clock.now().wall_ms;
        while clock.now().wall_ms == before {
            std::hint::spin_loop();
        }
        let object = serde_json::json!({ "id": charge, "terminalId": "trm_1" });
        says.send(object.to_string().into_bytes()).unwrap();
    };
    tell("tpy_1");
    let mut last = heard(&till, &mut journal, None).await;
    for number in 2..5 {
        till.connect(at_terminal(&stream)).await.unwrap();
        tell(&format!("tpy_{number}"));
        last = heard(&till, &mut journal, Some(last)).await;
    }
}
