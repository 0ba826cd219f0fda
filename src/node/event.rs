//! Events as they cross N-API.

use super::text::Text;
use crate::Error;
use crate::sync::{Exact, Kind, Part};
use napi::bindgen_prelude::Either;
use napi_derive::napi;

/// What became of a mirror's event.
#[napi(object, object_from_js = false)]
pub struct Applied {
    /// Whether the store took it.
    #[napi(ts_type = "'applied' | 'duplicate' | 'rejected'")]
    pub outcome: &'static str,
    /// The JSON text of the event that answers a duplicate or rejected write, or one that expected something.
    #[napi(ts_type = "string")]
    pub answer: Option<Text>,
}

/// An answer for one mirror, in parts.
#[napi(object, object_from_js = false)]
pub struct Answer {
    /// The JSON text of the event, without its value.
    #[napi(ts_type = "string")]
    pub header: Text,
    /// The JSON text of the value that the key has, if it has one.
    #[napi(ts_type = "string")]
    pub text: Option<Text>,
}

/// A text, or `undefined`.
pub type MaybeText = Either<Text, ()>;

/// The canonical bytes of a text that may be left out.
pub fn bytes_of(text: &Option<Text>) -> Option<&[u8]> {
    text.as_ref().map(|text| text.0.as_slice())
}

/// A mirror's question for one key.
pub fn question<'a>(scope: &'a Option<Text>, key: &'a Text, asker: &'a Text, write: f64) -> Exact<'a> {
    let write = write_number(write);
    Exact { scope: bytes_of(scope), key: &key.0, sender: &asker.0, write, applied: None, error: None }
}

/// An event in parts as the items of a list.
pub fn in_a_row(Part { scope, header, text, .. }: Part) -> [MaybeText; 3] {
    let maybe = |text: Option<Vec<u8>>| text.map_or(Either::B(()), |text| Either::A(Text(text)));
    [maybe(scope.map(Into::into)), Either::A(header.into()), maybe(text)]
}

/// What an event of this type does.
///
/// ## Errors
/// [`Error::InvalidOption`].
pub fn kind_of<'a>(kind: &Text, text: Option<&'a [u8]>, ttl: f64) -> std::result::Result<Kind<'a>, Error> {
    match (kind.0.as_slice(), text) {
        (b"set", Some(text)) => Ok(Kind::Set { text, ttl }),
        (b"remove", _) => Ok(Kind::Remove),
        (b"clear", _) => Ok(Kind::Clear),
        (other, _) => Err(invalid_type(other)),
    }
}

/// A cast saturates: what is no number of a write is none, or one that no other follows.
pub fn write_number(write: f64) -> u64 {
    write as u64
}

fn invalid_type(kind: &[u8]) -> Error {
    Error::InvalidOption {
        option: "type",
        value: crate::text::to_json(kind),
        remedy: "it is 'set', which has a value, 'remove' or 'clear'".to_owned(),
    }
}
