//! The forms in which events are told: as one JSON text with their values in it, for transports of a user's own, or
//! in parts, for a process that hands values on and never looks into them.

use super::event::{Event, Named, json_of};
use crate::entry::{Format, Value};
use crate::text;
use std::borrow::Cow;

/// An event in parts.
#[derive(Debug, Default)]
pub struct Part {
    /// The canonical text of its scope; `None` is no scope.
    pub scope: Option<Box<[u8]>>,
    /// The JSON text of the event, which has no `value`.
    pub header: String,
    /// The text of the value, in canonical form; `None` if there is none.
    pub text: Option<Vec<u8>>,
    /// In place of all that: the event is the very write that was applied in the same step, and this is its position.
    pub own: Option<u64>,
}

/// A form in which events are told.
pub(super) trait Form {
    /// A value that this form can carry.
    type Carried<'v>;

    /// The value, if this form can carry it.
    fn carry(value: Value<'_>) -> Option<Self::Carried<'_>>;

    /// Begins the next event with what every event has, and its value. The rest is the caller's to write.
    fn begin(&mut self, named: Named<'_>, value: Option<Self::Carried<'_>>) -> Event<'_>;

    /// About how many bytes have been told.
    fn bytes(&self) -> usize;

    /// Tells the caller's own write by its position alone. Returns whether this form can.
    fn own(&mut self, _seq: u64) -> bool {
        false
    }
}

/// Events one after the other in one JSON text.
#[derive(Debug, Default)]
pub(super) struct Joined(pub(super) String);

impl Form for Joined {
    type Carried<'v> = Cow<'v, str>;

    fn carry(value: Value<'_>) -> Option<Cow<'_, str>> {
        json_of(value)
    }

    fn begin(&mut self, named: Named<'_>, value: Option<Cow<'_, str>>) -> Event<'_> {
        let mut event = Event::begin(&mut self.0, named);
        if let Some(json) = value {
            event.value(&json);
        }
        event
    }

    fn bytes(&self) -> usize {
        self.0.len()
    }
}

/// Bytes a header has room for at first: most need no more.
const HEADER_BYTES: usize = 192;

/// Events in parts. Text is carried unread, JSON or not: there is nothing that it could spoil.
#[derive(Debug, Default)]
pub(super) struct InParts {
    pub(super) parts: Vec<Part>,
    bytes: usize,
}

impl Form for InParts {
    type Carried<'v> = Cow<'v, [u8]>;

    fn carry(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
        text_of(value)
    }

    fn begin(&mut self, named: Named<'_>, value: Option<Cow<'_, [u8]>>) -> Event<'_> {
        let (header, text) = (String::with_capacity(HEADER_BYTES), value.map(Cow::into_owned));
        self.bytes += HEADER_BYTES + named.key.len() + text.as_ref().map_or(0, Vec::len);
        let part = Part { scope: named.scope.map(Into::into), header, text, own: None };
        let at = self.parts.len();
        self.parts.push(part);
        Event::begin(&mut self.parts[at].header, named)
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn own(&mut self, seq: u64) -> bool {
        self.parts.push(Part { own: Some(seq), ..Part::default() });
        true
    }
}

/// The value as text in canonical form, if it is text. What a damaged file left is made canonical, so that texts can
/// be put side by side and be told apart again by their lengths.
pub(super) fn text_of(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    if value.format == Format::Binary {
        return None;
    }
    if value.bytes.is_ascii() || std::str::from_utf8(value.bytes).is_ok() {
        return Some(Cow::Borrowed(value.bytes));
    }
    let (mut units, mut canonical) = (Vec::with_capacity(value.bytes.len()), Vec::new());
    text::decode(value.bytes, &mut units);
    text::encode(&units, &mut canonical);
    Some(Cow::Owned(canonical))
}

/// Length of a canonical text as JavaScript counts: in UTF-16 code units.
pub(super) fn units_of(text: &[u8]) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    // Every character and every lone surrogate has one byte that continues none, and is one unit, or two where that
    // byte begins four.
    text.iter().map(|&byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum()
}
