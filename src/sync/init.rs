//! What a mirror is told when it joins: the state of its scope (M5).

use super::event::{Event, EventType, Members, Named, json_of, push};
use super::hub::Hub;
use super::poll::is_over;
use super::settled::mirror_id;
use crate::clock::Instant;
use crate::entry::{Scope, Value};
use crate::error::Result;
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
        let mut event = Event::begin(&mut self.json, of_state(self.scope));
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

/// What every event with state has.
pub(super) fn of_state(scope: &Scope) -> Named<'_> {
    Named { scope: scope.text(), sender: b"", kind: EventType::Init, key: b"" }
}
