//! What is stored: entries, the scopes that keep them apart, and who changed them.

use crate::clock::Instant;
use crate::error::{Error, Result};

/// Most bytes of a key's canonical text.
pub const MAX_KEY_BYTES: usize = 64 * 1024;
/// Most bytes of a scope's canonical text.
pub const MAX_SCOPE_BYTES: usize = 4 * 1024;
/// Most bytes of a sender's or a session's name; longer ones are cut, because they only inform.
pub const MAX_NAME_BYTES: usize = 256;

const SCOPE_PREFIX_BYTES: usize = 4;

/// An isolated namespace of keys. No scope differs from the scope `''`.
///
/// It is kept as the prefix of its entries' keys: four bytes that hold 0 for no scope or the length of the scope's
/// text plus one, then that text (R5). So no two pairs of scope and key can meet, and a scope needs no state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope(Box<[u8]>);

impl Scope {
    /// The scope of adapters that name none.
    #[must_use]
    pub fn none() -> Self {
        Self(Box::new([0; SCOPE_PREFIX_BYTES]))
    }

    /// The scope with this canonical text.
    ///
    /// ## Errors
    /// [`Error::ScopeTooLarge`] above [`MAX_SCOPE_BYTES`].
    pub fn named(text: &[u8]) -> Result<Self> {
        if text.len() > MAX_SCOPE_BYTES {
            return Err(Error::ScopeTooLarge { bytes: text.len(), limit: MAX_SCOPE_BYTES });
        }
        let mut prefix = Vec::with_capacity(SCOPE_PREFIX_BYTES + text.len());
        prefix.extend_from_slice(&(text.len() as u32 + 1).to_le_bytes());
        prefix.extend_from_slice(text);
        Ok(Self(prefix.into_boxed_slice()))
    }

    /// The scope with this text, or none.
    ///
    /// ## Errors
    /// [`Error::ScopeTooLarge`] above [`MAX_SCOPE_BYTES`].
    pub fn new(text: Option<&[u8]>) -> Result<Self> {
        text.map_or_else(|| Ok(Self::none()), Self::named)
    }

    /// The scope's text, or `None` for no scope.
    #[must_use]
    pub fn text(&self) -> Option<&[u8]> {
        (self.0[..SCOPE_PREFIX_BYTES] != [0; SCOPE_PREFIX_BYTES]).then(|| &self.0[SCOPE_PREFIX_BYTES..])
    }

    /// The bytes that begin the key of every entry of this scope, and of no other.
    #[must_use]
    pub fn prefix(&self) -> &[u8] {
        &self.0
    }

    /// Whether an entry with this key belongs to this scope.
    #[must_use]
    pub fn holds(&self, entry_key: &[u8]) -> bool {
        entry_key.starts_with(&self.0)
    }

    /// The key under which an entry of this scope is stored.
    ///
    /// ## Errors
    /// [`Error::KeyTooLarge`] above [`MAX_KEY_BYTES`].
    pub fn entry_key(&self, key: &[u8]) -> Result<Vec<u8>> {
        check_key(key.len())?;
        Ok([&self.0, key].concat())
    }
}

/// ## Errors
/// [`Error::KeyTooLarge`] above [`MAX_KEY_BYTES`].
pub fn check_key(bytes: usize) -> Result<()> {
    if bytes > MAX_KEY_BYTES {
        return Err(Error::KeyTooLarge { bytes, limit: MAX_KEY_BYTES });
    }
    Ok(())
}

/// Splits a stored key into its scope's prefix and its own text. `None` if it is no such key.
#[must_use]
pub fn split_entry_key(entry_key: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, _) = entry_key.split_first_chunk::<SCOPE_PREFIX_BYTES>()?;
    let scope_bytes = (u32::from_le_bytes(*length) as usize).saturating_sub(1);
    entry_key.split_at_checked(SCOPE_PREFIX_BYTES + scope_bytes)
}

/// How the bytes of a value are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text in ASCII.
    Ascii,
    /// Text in the canonical form of [`crate::text`].
    Text,
    /// Bytes of a codec's own.
    Binary,
}

/// A value as it is stored: encoded by the process that set it, not looked into by anyone on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// The encoded value.
    pub bytes: &'a [u8],
    /// How to read them.
    pub format: Format,
}

/// Who made a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The mirror's id; empty for a native process.
    pub sender: &'a [u8],
    /// The mirror's number for this write, 0 for none.
    pub write: u64,
    /// The session in which it happened, empty for none.
    pub session: &'a [u8],
    /// The process that wrote it to the store; 0 lets the store fill in its own.
    pub pid: u32,
}

/// What a record of the feed says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// A key was set.
    Set,
    /// A key was removed.
    Remove,
    /// A scope was cleared.
    Clear,
    /// An entry left for room.
    Evict,
    /// An entry's time was over.
    Expire,
}

/// The state of a change's key at the time the change is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State<'a> {
    /// The key has this value, and it was this change that set it.
    Current {
        /// The value.
        value: Value<'a>,
        /// When it expires; 0 for never.
        expires_at: Instant,
    },
    /// The key has no value.
    Absent,
    /// A later change of the same key holds, and will be told in its turn.
    Superseded,
}

/// One change, as the feed tells it.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// Its place in the one order of all changes. Only grows; not dense.
    pub seq: u64,
    /// What happened.
    pub kind: ChangeKind,
    /// The stored key; for [`ChangeKind::Clear`] the scope's prefix.
    pub entry_key: &'a [u8],
    /// The key's state now.
    pub state: State<'a>,
    /// Who did it.
    pub origin: Origin<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_scope_the_empty_scope_and_a_named_one_never_meet() {
        let none = Scope::none().entry_key(b"ab").unwrap();
        let empty = Scope::named(b"").unwrap().entry_key(b"ab").unwrap();
        let a = Scope::named(b"a").unwrap().entry_key(b"b").unwrap();
        assert!(none != empty && empty != a && none != a);
        assert!(!Scope::named(b"").unwrap().holds(&none));
        assert!(!Scope::none().holds(&empty));
        assert_eq!(Scope::none().text(), None);
        assert_eq!(Scope::named(b"").unwrap().text(), Some(&b""[..]));
        let (scope, key) = split_entry_key(&a).unwrap();
        assert_eq!((scope, key), (Scope::named(b"a").unwrap().prefix(), &b"b"[..]));
    }

    #[test]
    fn keys_and_scopes_beyond_their_limits_are_refused() {
        assert!(Scope::none().entry_key(&vec![b'k'; MAX_KEY_BYTES]).is_ok());
        let error = Scope::none().entry_key(&vec![b'k'; MAX_KEY_BYTES + 1]).unwrap_err();
        assert_eq!(error.code(), "ERR_PSC_KEY_TOO_LARGE");
        assert_eq!(Scope::named(&vec![b's'; MAX_SCOPE_BYTES + 1]).unwrap_err().code(), "ERR_PSC_INVALID_SCOPE");
    }

    #[test]
    fn a_stored_key_that_is_cut_short_is_no_key() {
        assert_eq!(split_entry_key(b"abc"), None);
        assert_eq!(split_entry_key(&[9, 0, 0, 0, b'x']), None);
    }
}
