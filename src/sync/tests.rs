mod answers;
mod exchange;
mod holdings;
mod parts;
mod recount;
mod swaps;

use super::*;
use crate::clock::Clock;
use crate::entry::{Format, Origin, Scope, Value};
use crate::store::Wait;
use crate::store::memory::{MIN_MAX_BYTES, MemoryOptions, MemoryStore};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The text without the epoch, which differs from store to store and has to be in every event.
fn without_epoch(text: &str, hub: &Hub) -> String {
    let epoch = format!(",\"epoch\":{}", hub.store().epoch());
    assert_eq!(text.matches(&epoch).count(), text.matches("\"senderID\"").count(), "{text}");
    text.replace(&epoch, "")
}

struct Subject {
    hub: Hub,
    clock: Clock,
}

const SET: Kind<'static> = Kind::Set { text: b"[1]", ttl: f64::INFINITY };
const NO_EVENT: Incoming<'static> =
    Incoming { kind: SET, scope: None, key: b"k", sender: b"m", write: 0, session: b"", expected: None };

impl Subject {
    fn new() -> Self {
        let clock = Clock::manual(1000);
        let mut options = MemoryOptions::within(MIN_MAX_BYTES, clock.clone());
        options.max_value_bytes = 1000;
        options.max_entries = 100;
        Self { hub: Hub::new(Arc::new(MemoryStore::new(options).unwrap())), clock }
    }

    fn apply(&self, event: &Incoming<'_>) -> Outcome {
        self.hub.apply(event, Wait::LONG).unwrap()
    }

    /// One write of the mirror `m`.
    fn write(&self, write: u64, key: &[u8], kind: Kind<'_>) -> Outcome {
        self.apply(&Incoming { kind, key, write, ..NO_EVENT })
    }

    /// What a native process sets.
    fn set(&self, key: &[u8], value: Value<'_>, expires_at: u64) {
        let key = Scope::none().entry_key(key).unwrap();
        self.hub.store().set(&key, value, expires_at, Origin { pid: 7, ..Origin::default() }, Wait::LONG).unwrap();
    }

    fn poll_text(&self) -> String {
        match self.hub.poll(100).unwrap() {
            Poll::Events(text) => without_epoch(&text, &self.hub),
            Poll::Behind => panic!("the hub is behind"),
        }
    }

    /// The events of one poll, without the process id that is always ours.
    fn poll(&self) -> Vec<Json> {
        let mut events: Vec<Json> = serde_json::from_str(&self.poll_text()).unwrap();
        for event in &mut events {
            let pid = event.as_object_mut().unwrap().remove("pid").unwrap();
            assert!(pid == std::process::id() || pid == 7);
        }
        events
    }

    fn init(&self, asker: Option<&[u8]>, chunk_bytes: usize) -> Vec<Json> {
        serde_json::from_str(&self.init_text(None, asker, chunk_bytes)).unwrap()
    }

    fn init_text(&self, scope: Option<&[u8]>, asker: Option<&[u8]>, chunk_bytes: usize) -> String {
        without_epoch(&self.hub.init(scope, asker, chunk_bytes).unwrap(), &self.hub)
    }

    fn answer(&self, scope: Option<&[u8]>, key: &[u8], write: u64, error: Option<&crate::Error>) -> String {
        without_epoch(&self.hub.answer(scope, key, b"m", write, error).unwrap(), &self.hub)
    }
}

fn ascii(text: &str) -> Value<'_> {
    Value { bytes: text.as_bytes(), format: Format::Ascii }
}

#[test]
fn a_write_is_told_from_the_feed_with_its_acknowledgement() {
    let subject = Subject::new();
    assert!(matches!(subject.write(1, b"a", SET), Outcome::Applied));
    subject.write(2, b"b", Kind::Set { text: "{\"é\":\"\u{1F600}\"}".as_bytes(), ttl: 50.0 });
    subject.write(3, b"a", Kind::Remove);
    subject.apply(&Incoming { kind: Kind::Clear, scope: Some(b""), write: 1, ..NO_EVENT });
    let pid = std::process::id();
    assert_eq!(
        subject.poll_text(),
        [
            "[{\"senderID\":\"m\",\"type\":\"set\",\"key\":\"b\",\"value\":{\"é\":\"\u{1F600}\"},\"seq\":2,",
            &format!("\"ttl\":50,\"pid\":{pid}}},"),
            "{\"senderID\":\"m\",\"type\":\"remove\",\"key\":\"a\",\"seq\":3,",
            &format!("\"ack\":{{\"m\":3}},\"pid\":{pid}}},"),
            "{\"scope\":\"\",\"senderID\":\"m\",\"type\":\"clear\",\"key\":\"\",\"seq\":4,",
            &format!("\"ack\":{{\"m\":1}},\"pid\":{pid}}}]"),
        ]
        .concat()
    );
    assert_eq!(subject.poll_text(), "[]");
}

#[test]
fn a_write_is_applied_once() {
    let subject = Subject::new();
    subject.write(2, b"k", SET);
    assert!(matches!(subject.write(2, b"k", Kind::Remove), Outcome::Duplicate));
    assert!(matches!(subject.write(1, b"k", Kind::Clear), Outcome::Duplicate));
    assert_eq!(subject.poll().len(), 1);
    assert!(matches!(subject.write(3, b"k", Kind::Remove), Outcome::Applied));
    let another_scope = Incoming { scope: Some(b"s"), write: 1, ..NO_EVENT };
    assert!(matches!(subject.apply(&another_scope), Outcome::Applied));
}

#[test]
fn writes_without_a_number_or_a_sender_are_applied_each_time_and_acknowledge_nothing() {
    let subject = Subject::new();
    for event in [NO_EVENT, Incoming { sender: b"", write: 3, ..NO_EVENT }] {
        assert!(matches!(subject.apply(&event), Outcome::Applied));
        assert!(matches!(subject.apply(&event), Outcome::Applied));
        assert!(subject.poll().iter().all(|event| event.get("ack").is_none()));
    }
}

#[test]
fn overtaken_writes_are_settled_with_the_change_that_overtook_them_in_their_scope_alone() {
    let subject = Subject::new();
    subject.write(1, b"k", SET);
    subject.apply(&Incoming { scope: Some(b"s"), sender: b"other", write: 9, ..NO_EVENT });
    subject.apply(&Incoming { sender: b"__proto__", write: 2, ..NO_EVENT });
    subject.set(b"k", ascii("[2]"), 0);
    assert_eq!(
        subject.poll_text(),
        [
            "[{\"scope\":\"s\",\"senderID\":\"other\",\"type\":\"set\",\"key\":\"k\",\"value\":[1],\"seq\":2,",
            &format!("\"ack\":{{\"other\":9}},\"pid\":{}}},", std::process::id()),
            "{\"senderID\":\"\",\"type\":\"set\",\"key\":\"k\",\"value\":[2],\"seq\":4,",
            "\"ack\":{\"__proto__\":2,\"m\":1},\"pid\":7}]",
        ]
        .concat()
    );
}

#[test]
fn no_later_write_is_settled_before_one_that_was_overtaken() {
    let subject = Subject::new();
    subject.write(1, b"k", SET);
    subject.write(2, b"other", SET);
    subject.set(b"k", ascii("[2]"), 0);
    let Poll::Events(first) = subject.hub.poll(1).unwrap() else { panic!() };
    assert!(first.contains("\"other\"") && !first.contains("ack"), "{first}");
    assert!(!subject.init_text(None, Some(b"m"), 1000).contains("ack"));
    let told = json!({ "senderID": "", "type": "set", "key": "k", "value": [2], "seq": 3, "ack": { "m": 2 } });
    assert_eq!(subject.poll(), [told]);
}

#[test]
fn a_clear_is_no_word_on_the_key_that_has_no_text() {
    let subject = Subject::new();
    subject.write(1, b"", SET);
    subject.hub.store().clear(&Scope::none(), Origin::default(), Wait::LONG).unwrap();
    subject.set(b"", ascii("2"), 0);
    let Poll::Events(told) = subject.hub.poll(10).unwrap() else { panic!() };
    let told: Vec<Json> = serde_json::from_str(&told).unwrap();
    let acks: Vec<_> = told.iter().map(|event| (event["type"].as_str().unwrap(), event.get("ack"))).collect();
    assert_eq!(acks, [("clear", None), ("set", Some(&json!({ "m": 1 })))]);
}

#[test]
fn entries_that_left_on_their_own_are_told_as_removed_and_why() {
    let subject = Subject::new();
    subject.write(1, b"met", Kind::Set { text: b"1", ttl: 10.0 });
    subject.write(2, b"unmet", Kind::Set { text: b"1", ttl: 20.0 });
    subject.poll();
    subject.clock.advance(10);
    let met = Scope::none().entry_key(b"met").unwrap();
    assert_eq!(subject.hub.store().get(&met, &mut Vec::new()).unwrap(), None);
    let expired = json!({ "senderID": "", "type": "remove", "key": "met", "seq": 3, "reason": "expire" });
    assert_eq!(subject.poll(), [expired]);
    for n in 0..100 {
        subject.set(format!("k{n}").as_bytes(), ascii("1"), 0);
    }
    let evicted = json!({ "senderID": "", "type": "remove", "key": "unmet", "seq": 103, "reason": "evict" });
    assert!(subject.poll().contains(&evicted));
    subject.set(b"over", ascii("1"), subject.clock.now());
    let told = subject.poll();
    let over = json!({ "senderID": "", "type": "remove", "key": "over", "seq": 106, "reason": "expire" });
    assert_eq!(told.last(), Some(&over));
}

#[test]
fn a_key_whose_value_events_cannot_carry_is_told_as_removed() {
    let subject = Subject::new();
    subject.set(b"k", Value { bytes: b"\xFF\xFE", format: Format::Binary }, 0);
    subject.set(b"torn", ascii("{\"a\":"), 0);
    subject.set(b"two", ascii("1,2"), 0);
    let told = subject.poll();
    assert!(told.len() == 3 && told.iter().all(|event| event["type"] == "remove"));
    assert_eq!(subject.init(None, 1000)[0]["value"], "{}");
}

#[test]
fn lone_surrogates_survive_in_keys_scopes_senders_and_values() {
    let subject = Subject::new();
    let lone = b"\xED\xA0\xBD";
    let text = b"\"\xED\xA0\xBD\xC3\xA9\"";
    let kind = Kind::Set { text, ttl: f64::INFINITY };
    subject.apply(&Incoming {
        kind,
        scope: Some(lone),
        key: lone,
        sender: lone,
        write: 1,
        session: b"",
        expected: None,
    });
    let told = subject.poll_text();
    let escaped = "\"\\ud83d\"";
    let expected = format!(
        "[{{\"scope\":{escaped},\"senderID\":{escaped},\"type\":\"set\",\"key\":{escaped},\
         \"value\":\"\\ud83dé\",\"seq\":1,\"ack\":{{{escaped}:1}},"
    );
    assert!(told.starts_with(&expected), "{told}");
    let init = subject.init_text(Some(lone), None, 100);
    assert!(init.contains(r#""value":"{\"\\ud83d\":\"\\ud83dé\"}""#), "{init}");
}

#[test]
fn a_hub_that_fell_behind_says_so_until_it_resyncs_and_settles_all_then() {
    let subject = Subject::new();
    subject.write(3, b"k", SET);
    for _ in 0..1000 {
        subject.set(b"other", ascii("1"), 0);
    }
    assert!(matches!(subject.hub.poll(10).unwrap(), Poll::Behind));
    assert!(matches!(subject.hub.poll(10).unwrap(), Poll::Behind));
    subject.hub.resync();
    assert_eq!(subject.poll_text(), "[]");
    assert_eq!(subject.init(Some(b"m"), 1000)[0]["ack"], json!({ "m": 3 }));
}

#[test]
fn a_poll_takes_a_long_backlog_in_pieces() {
    let subject = Subject::new();
    for n in 0..25 {
        subject.set(format!("k{n}").as_bytes(), ascii("1"), 0);
    }
    let mut sizes = Vec::new();
    while let Poll::Events(text) = subject.hub.poll(10).unwrap()
        && text != "[]"
    {
        sizes.push(serde_json::from_str::<Vec<Json>>(&text).unwrap().len());
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(subject.hub.cursor(), subject.hub.store().cursor());
}

#[test]
fn a_change_is_told_with_the_session_it_was_made_in() {
    let subject = Subject::new();
    subject.apply(&Incoming { session: "the \"call\"".as_bytes(), write: 1, ..NO_EVENT });
    let told: Json = serde_json::from_str(&subject.poll_text()).unwrap();
    assert_eq!(told[0]["session"], json!("the \"call\""));
    subject.apply(&Incoming { write: 2, ..NO_EVENT });
    let told: Json = serde_json::from_str(&subject.poll_text()).unwrap();
    assert_eq!(told[0].get("session"), None);
}
