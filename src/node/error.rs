//! Errors as JavaScript sees them: an `Error` with `code` and `message`.

use crate::Error;

/// The stable code of an error, which becomes `error.code`.
#[derive(Clone, Copy, Debug)]
pub struct Code(&'static str);

impl Code {
    /// The code of what fails a check of the store's invariants.
    pub const CORRUPT: Self = Self("ERR_PSC_CORRUPT");
    /// The code of a key that no store holds.
    pub const KEY_TOO_LARGE: Self = Self("ERR_PSC_KEY_TOO_LARGE");
    /// The code of a key that is no string.
    pub const INVALID_KEY: Self = Self("ERR_PSC_INVALID_KEY");
    /// The code of what the engine refused.
    pub const IO: Self = Self("ERR_PSC_IO");
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.0
    }
}

/// The result of calls that throw our errors.
pub type Result<T> = std::result::Result<T, napi::Error<Code>>;

impl From<Error> for napi::Error<Code> {
    fn from(error: Error) -> Self {
        Self::new(Code(error.code()), error.to_string())
    }
}
