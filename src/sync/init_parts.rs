//! The state of a scope in parts: values as one text that nobody looks into, and where each ends.

use super::event::{Event, push, push_text};
use super::form::{text_of, units_of};
use super::hub::Hub;
use super::init::of_state;
use super::poll::is_over;
use super::settled::mirror_id;
use crate::clock::Instant;
use crate::entry::Scope;
use crate::error::Result;

/// One chunk of a scope's state.
#[derive(Debug)]
pub struct StatePart {
    /// The JSON text of an `init` event, which has `entries` in place of the `value`.
    pub header: String,
    /// The texts of the values, one after the other, in canonical form.
    pub text: Vec<u8>,
}

impl Hub {
    /// As [`Hub::init`], in parts. The header's `entries` is an array of `[key, length]` or `[key, length, ttl]`: how
    /// many UTF-16 code units of the text are the key's value, and the milliseconds it has to live. Values that are no
    /// text are left out.
    ///
    /// With `max_bytes`, no more bytes of keys and values than that are told: the newest entries, as far as the
    /// store's [`snapshot`](crate::store::Store::snapshot) tells them first, each that still fits. If any was left
    /// out, the last header says `partial`.
    ///
    /// ## Errors
    /// As [`Hub::init`].
    pub fn init_parts(
        &self,
        scope: Option<&[u8]>,
        asker: Option<&[u8]>,
        max_bytes: Option<usize>,
        chunk_bytes: usize,
    ) -> Result<Vec<StatePart>> {
        let scope = Scope::new(scope)?;
        let mut order = self.order.lock();
        let settled = asker.map_or(0, |asker| order.settled.of(&scope, asker));
        let (epoch, told_up_to) = (self.store.epoch(), order.cursor.saturating_sub(1));
        let close = |chunk: Chunk, end: Option<bool>| {
            let mut header = String::with_capacity(chunk.entries.len() + 192);
            let mut event = Event::begin(&mut header, of_state(&scope));
            event.entries(&chunk.entries);
            event.place(epoch, told_up_to);
            // Nothing is settled before the whole state is there.
            if let (Some(asker), Some(_)) = (asker, end) {
                event.ack(mirror_id(asker), settled);
            }
            if let Some(asker) = asker {
                event.to(asker);
            }
            match end {
                None => event.more(),
                Some(true) => event.partial(),
                Some(false) => {}
            }
            event.end();
            StatePart { header, text: chunk.text }
        };
        let (mut parts, mut chunk) = (Vec::new(), Chunk::default());
        let (mut room, mut is_partial) = (max_bytes.unwrap_or(usize::MAX), false);
        let now = self.store.now();
        self.store.snapshot(&scope, order.cursor, &mut |key, value, expires_at| {
            let Some(text) = text_of(value).filter(|_| !is_over(expires_at, now)) else { return };
            let Some(rest) = room.checked_sub(key.len() + text.len()) else {
                is_partial = true;
                return;
            };
            room = rest;
            if chunk.text.len() + chunk.entries.len() >= chunk_bytes.max(1) {
                parts.push(close(std::mem::take(&mut chunk), None));
            }
            chunk.add(key, &text, expires_at, now);
        })?;
        parts.push(close(chunk, Some(is_partial)));
        Ok(parts)
    }
}

/// A chunk that is being filled.
#[derive(Default)]
struct Chunk {
    /// The elements of a JSON array.
    entries: String,
    text: Vec<u8>,
}

impl Chunk {
    fn add(&mut self, key: &[u8], text: &[u8], expires_at: Instant, now: Instant) {
        self.entries.push_str(if self.entries.is_empty() { "[" } else { ",[" });
        push_text(&mut self.entries, key);
        push(&mut self.entries, format_args!(",{}", units_of(text)));
        if expires_at != 0 {
            push(&mut self.entries, format_args!(",{}", expires_at - now));
        }
        self.entries.push(']');
        self.text.extend_from_slice(text);
    }
}
