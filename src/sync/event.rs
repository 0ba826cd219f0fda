//! Events as mirrors read them: upstream's fields in upstream's order, then ours, each left out where it has nothing
//! to say.
//!
//! They are written straight into the text of a batch. serde would do for the fields, but not for the keys of `ack`,
//! `ttl` and the state in an `init`: a key may hold lone surrogates, which a Rust string cannot.

use crate::clock::Instant;
use crate::entry::{Format, Value};
use crate::text;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{Display, Write};

/// Mirrors, and the write number up to which all their writes are settled.
pub(super) type Acks = BTreeMap<Box<[u8]>, u64>;

/// The members of a JSON object whose keys may be any text.
#[derive(Debug, Default)]
pub(super) struct Members(String);

impl Members {
    /// Adds a member; its value is appended to what is returned.
    pub(super) fn add(&mut self, key: &[u8]) -> &mut String {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        push_text(&mut self.0, key);
        self.0.push(':');
        &mut self.0
    }

    /// Bytes of their JSON text.
    pub(super) fn bytes(&self) -> usize {
        self.0.len()
    }

    /// The JSON text of the object.
    pub(super) fn into_object(self) -> String {
        format!("{{{}}}", self.0)
    }
}

/// What an event says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventType {
    Set,
    Remove,
    Clear,
    Init,
}

impl EventType {
    fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Remove => "remove",
            Self::Clear => "clear",
            Self::Init => "init",
        }
    }
}

/// What every event has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    /// The text of the scope; `None` is no scope.
    pub(super) scope: Option<&'a [u8]>,
    /// Whose change it is; empty for a native process's, and for the hub's own words.
    pub(super) sender: &'a [u8],
    pub(super) kind: EventType,
    pub(super) key: &'a [u8],
}

/// An event that is being written, alone or as the next element of an array that is open. Optional fields are
/// written in the order of the methods here.
pub(super) struct Event<'a>(&'a mut String);

impl<'a> Event<'a> {
    /// Begins with what every event has.
    pub(super) fn begin(json: &'a mut String, named: Named<'_>) -> Self {
        if json.ends_with('}') {
            json.push(',');
        }
        json.push('{');
        if let Some(scope) = named.scope {
            json.push_str("\"scope\":");
            push_text(json, scope);
            json.push(',');
        }
        json.push_str("\"senderID\":");
        push_text(json, named.sender);
        json.push_str(",\"type\":\"");
        json.push_str(named.kind.name());
        json.push_str("\",\"key\":");
        push_text(json, named.key);
        Self(json)
    }

    /// The value, which is JSON already.
    pub(super) fn value(&mut self, json: &str) {
        self.field("value", json);
    }

    /// In place of the value, what its text consists of: the elements of a JSON array.
    pub(super) fn entries(&mut self, elements: &str) {
        self.field("entries", format_args!("[{elements}]"));
    }

    /// The event's place, and in which order; the first place of all is left out.
    pub(super) fn place(&mut self, epoch: u64, seq: u64) {
        if seq != 0 {
            self.field("seq", seq);
        }
        self.field("epoch", epoch);
    }

    /// The one write that the event answers; 0 is none.
    pub(super) fn write(&mut self, write: u64) {
        if write != 0 {
            self.field("write", write);
        }
    }

    /// The change that set what the key has, 0 if it has nothing: what a mirror is to expect that wants to replace it.
    pub(super) fn expected(&mut self, seq: u64) {
        self.field("if", seq);
    }

    /// The writes that are settled with this event.
    pub(super) fn acks(&mut self, acks: &Acks) {
        if acks.is_empty() {
            return;
        }
        let mut members = Members::default();
        for (mirror, write) in acks {
            push(members.add(mirror), write);
        }
        self.field("ack", members.into_object());
    }

    /// As [`Event::acks`], for one mirror; 0 is none.
    pub(super) fn ack(&mut self, mirror: &[u8], write: u64) {
        if write != 0 {
            self.acks(&Acks::from([(mirror.into(), write)]));
        }
    }

    /// Milliseconds the value has to live; nothing is written if that is for ever.
    pub(super) fn ttl(&mut self, expires_at: Instant, now: Instant) {
        if expires_at != 0 {
            self.field("ttl", expires_at.saturating_sub(now));
        }
    }

    /// As [`Event::ttl`], by key.
    pub(super) fn ttls(&mut self, ttls: Members) {
        if ttls.bytes() != 0 {
            self.field("ttl", ttls.into_object());
        }
    }

    /// The process that wrote the change to the store.
    pub(super) fn pid(&mut self, pid: u32) {
        self.field("pid", pid);
    }

    /// The session in which the change was made; nothing is written if it is not known.
    pub(super) fn session(&mut self, session: &[u8]) {
        if !session.is_empty() {
            self.field("session", text::to_json(session));
        }
    }

    /// Why a value is gone that nobody removed.
    pub(super) fn reason(&mut self, reason: &'static str) {
        self.field("reason", format_args!("\"{reason}\""));
    }

    /// What is told is the end of an entry whose set is told here, because a later change, still to be told, has ended it.
    pub(super) fn overtaken(&mut self) {
        self.field("overtaken", "true");
    }

    /// The only mirror that the event is meant for.
    pub(super) fn to(&mut self, mirror: &[u8]) {
        self.field("to", text::to_json(mirror));
    }

    /// Says that events follow which belong to this one.
    pub(super) fn more(&mut self) {
        self.field("more", true);
    }

    /// Says that the state has more entries than were told.
    pub(super) fn partial(&mut self) {
        self.field("partial", true);
    }

    /// Why the write was rejected.
    pub(super) fn error(&mut self, code: &str, message: &str) {
        let (code, message) = (text::to_json(code.as_bytes()), text::to_json(message.as_bytes()));
        self.field("error", format_args!("{{\"code\":{code},\"message\":{message}}}"));
    }

    pub(super) fn end(self) {
        self.0.push('}');
    }

    fn field(&mut self, name: &'static str, json: impl Display) {
        self.0.push_str(",\"");
        self.0.push_str(name);
        self.0.push_str("\":");
        push(self.0, json);
    }
}

/// Appends what is JSON as it is displayed.
pub(super) fn push(json: &mut String, what: impl Display) {
    // Writing to a string cannot fail.
    let _ = write!(json, "{what}");
}

/// Appends a text as a JSON string. Most are plain, and need nothing but quotes.
pub(super) fn push_text(json: &mut String, bytes: &[u8]) {
    let is_plain = bytes.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'));
    match std::str::from_utf8(bytes) {
        Ok(plain) if is_plain => {
            json.push('"');
            json.push_str(plain);
            json.push('"');
        }
        _ => json.push_str(&text::to_json(bytes)),
    }
}

/// The value as JSON, if events can carry it: text that is whole JSON, for one that is not would spoil its batch.
pub(super) fn json_of(value: Value<'_>) -> Option<Cow<'_, str>> {
    if value.format == Format::Binary {
        return None;
    }
    let json = match std::str::from_utf8(value.bytes) {
        Ok(valid) => Cow::Borrowed(valid),
        Err(_) => Cow::Owned(escape_lone_surrogates(value.bytes)),
    };
    serde_json::from_str::<&RawValue>(&json).is_ok().then_some(json)
}

/// JSON may hold a lone surrogate inside a string only, where an escape says the same.
fn escape_lone_surrogates(bytes: &[u8]) -> String {
    let mut units = Vec::with_capacity(bytes.len());
    text::decode(bytes, &mut units);
    let mut json = String::with_capacity(bytes.len());
    for unit in char::decode_utf16(units) {
        match unit {
            Ok(char) => json.push(char),
            Err(lone) => push(&mut json, format_args!("\\u{:04x}", lone.unpaired_surrogate())),
        }
    }
    json
}
