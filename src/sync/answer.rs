//! What a single mirror is told: the state of its scope when it joins, and what became of one write.

use super::event::{Event, EventType, Members, json_of, push};
use super::hub::{Hub, is_over};
use super::settled::mirror_id;
use crate::clock::Instant;
use crate::entry::{Scope, Value};
use crate::error::{Error, Result};
use crate::text;

impl Hub {
    /// The state of one scope as the JSON text of an array of `init` events (M5), all but the last with `more`. Poll
    /// until there is nothing to tell, and send that, before calling: the state is that of the hub's place in the
    /// order, and what came after it is left to the polls to come. Values that are no JSON text are left out.
    ///
    /// The `value` of an event is the JSON text of an object of keys and values, which is full once it has
    /// `chunk_bytes`. `asker` is the mirror that asked; the last event says up to which number its writes are
    /// settled.
    ///
    /// ## Errors
    /// [`Error::ScopeTooLarge`], and what the platform refuses when the store is read.
    pub fn init(&self, scope: Option<&[u8]>, asker: Option<&[u8]>, chunk_bytes: usize) -> Result<String> {
        let scope = Scope::new(scope)?;
        let mut order = self.order.lock();
        let mut reply = InitReply {
            json: "[".to_owned(),
            scope: &scope,
            asker,
            settled: asker.map_or(0, |asker| order.settled.of(&scope, asker)),
            epoch: self.store.epoch(),
            told_up_to: order.cursor.saturating_sub(1),
        };
        let now = self.store.now();
        let mut chunk = Chunk::default();
        self.store.snapshot(&scope, order.cursor, &mut |key, value, expires_at| {
            if chunk.values.bytes() >= chunk_bytes.max(1) {
                reply.send(std::mem::take(&mut chunk), true);
            }
            chunk.add(key, value, expires_at, now);
        })?;
        reply.send(chunk, false);
        reply.json.push(']');
        Ok(reply.json)
    }

    /// The JSON text of the one event that answers a duplicate or rejected write (M4): the state of its key now, up
    /// to which number the mirror's writes are settled, and why it was rejected. It is to be sent before what a
    /// later poll returns. A clear names no key, and is answered with the state of the key `''`.
    ///
    /// ## Errors
    /// What the platform refuses when the store is read.
    pub fn answer(
        &self,
        scope: Option<&[u8]>,
        key: &[u8],
        sender: &[u8],
        write: u64,
        error: Option<&Error>,
    ) -> Result<String> {
        let mut order = self.order.lock();
        let mut bytes = Vec::new();
        // A scope or key beyond its limit holds nothing.
        let (settled, found) = match Scope::new(scope) {
            Ok(scope) => {
                let found = scope.entry_key(key).ok().map(|key| self.store.get(&key, &mut bytes)).transpose()?;
                (order.settled.of(&scope, sender), found.flatten())
            }
            Err(_) => (0, None),
        };
        let found = found.and_then(|found| {
            let json = json_of(Value { bytes: &bytes, format: found.format })?;
            Some((json, found.expires_at))
        });
        let kind = if found.is_some() { EventType::Set } else { EventType::Remove };
        let mut answer = String::new();
        let mut event = Event::begin(&mut answer, scope, b"", kind, key);
        if let Some((json, _)) = &found {
            event.value(json);
        }
        event.place(self.store.epoch(), order.cursor.saturating_sub(1));
        event.write(write);
        event.ack(mirror_id(sender), settled);
        if let Some((_, expires_at)) = found {
            event.ttl(expires_at, self.store.now());
        }
        event.to(sender);
        if let Some(error) = error {
            event.error(error);
        }
        event.end();
        Ok(answer)
    }
}

/// A part of a scope's state.
#[derive(Default)]
struct Chunk {
    values: Members,
    ttls: Members,
}

impl Chunk {
    fn add(&mut self, key: &[u8], value: Value<'_>, expires_at: Instant, now: Instant) {
        let Some(json) = json_of(value).filter(|_| !is_over(expires_at, now)) else { return };
        self.values.add(key).push_str(&json);
        if expires_at != 0 {
            push(self.ttls.add(key), expires_at - now);
        }
    }
}

/// The chunks of one reply, being written.
struct InitReply<'a> {
    json: String,
    scope: &'a Scope,
    asker: Option<&'a [u8]>,
    settled: u64,
    epoch: u64,
    told_up_to: u64,
}

impl InitReply<'_> {
    fn send(&mut self, chunk: Chunk, more: bool) {
        let mut event = Event::begin(&mut self.json, self.scope.text(), b"", EventType::Init, b"");
        event.value(&text::to_json(chunk.values.into_object().as_bytes()));
        event.place(self.epoch, self.told_up_to);
        // Nothing is settled before the whole state is there.
        if let (Some(asker), false) = (self.asker, more) {
            event.ack(mirror_id(asker), self.settled);
        }
        event.ttls(chunk.ttls);
        if let Some(asker) = self.asker {
            event.to(asker);
        }
        if more {
            event.more();
        }
        event.end();
    }
}
