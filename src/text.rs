//! JavaScript strings as bytes, one canonical form each: UTF-8, and lone surrogates as three bytes (WTF-8), so that
//! every string survives and two different strings never meet (R5).

/// Appends the canonical bytes of UTF-16 code units. Returns whether all of them were ASCII.
pub fn encode(units: &[u16], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    if units.iter().fold(0, |seen, unit| seen | unit) < 0x80 {
        out.extend(units.iter().map(|&unit| unit as u8));
        return true;
    }
    out.reserve(units.len() * 3);
    for unit in char::decode_utf16(units.iter().copied()) {
        match unit {
            Ok(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(lone) => {
                let unit = lone.unpaired_surrogate();
                out.extend_from_slice(&[
                    0xE0 | (unit >> 12) as u8,
                    0x80 | (unit >> 6 & 0x3F) as u8,
                    0x80 | (unit & 0x3F) as u8,
                ]);
            }
        }
    }
    debug_assert!(out.len() >= start);
    false
}

/// Appends the UTF-16 code units of canonical bytes. Bytes that are no such form become U+FFFD: they can only come
/// from a damaged file, and must not do worse than look damaged.
pub fn decode(bytes: &[u8], out: &mut Vec<u16>) {
    let mut rest = bytes;
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(valid) => {
                out.extend(valid.encode_utf16());
                return;
            }
            Err(error) => {
                let (valid, bad) = rest.split_at(error.valid_up_to());
                out.extend(std::str::from_utf8(valid).unwrap_or_default().encode_utf16());
                match *bad {
                    [0xED, high @ 0xA0..=0xBF, low @ 0x80..=0xBF, ..] => {
                        out.push(0xD000 | u16::from(high & 0x3F) << 6 | u16::from(low & 0x3F));
                        rest = &bad[3..];
                    }
                    _ => {
                        out.push(0xFFFD);
                        rest = &bad[1..];
                    }
                }
            }
        }
    }
}

/// The text as a JSON string literal; lone surrogates are escaped, as `JSON.stringify` does.
#[must_use]
pub fn to_json(bytes: &[u8]) -> String {
    if let Ok(valid) = std::str::from_utf8(bytes) {
        return serde_json::Value::from(valid).to_string();
    }
    let mut units = Vec::with_capacity(bytes.len());
    decode(bytes, &mut units);
    let mut json = String::with_capacity(bytes.len() + 2);
    json.push('"');
    for unit in char::decode_utf16(units) {
        match unit {
            Ok(char) => {
                let escaped = serde_json::Value::from(char.encode_utf8(&mut [0; 4]) as &str).to_string();
                json.push_str(&escaped[1..escaped.len() - 1]);
            }
            Err(lone) => json.push_str(&format!("\\u{:04x}", lone.unpaired_surrogate())),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_string_survives_and_is_canonical(units in proptest::collection::vec(any::<u16>(), 0..64)) {
            let mut bytes = Vec::new();
            encode(&units, &mut bytes);
            let mut back = Vec::new();
            decode(&bytes, &mut back);
            prop_assert_eq!(&back, &units);
            let mut again = Vec::new();
            encode(&back, &mut again);
            prop_assert_eq!(again, bytes);
        }

        #[test]
        fn damaged_bytes_decode_to_something(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut units = Vec::new();
            decode(&bytes, &mut units);
            prop_assert!(units.len() <= bytes.len());
        }
    }

    #[test]
    fn surrogates_that_pair_up_and_those_that_do_not_are_told_apart() {
        let mut pair = Vec::new();
        encode(&[0xD83D, 0xDE00], &mut pair);
        assert_eq!(pair, "😀".as_bytes());
        let mut lone = Vec::new();
        encode(&[0xDE00, 0xD83D], &mut lone);
        assert_eq!(lone, [0xED, 0xB8, 0x80, 0xED, 0xA0, 0xBD]);
        assert_eq!(to_json(&lone), "\"\\ude00\\ud83d\"");
        assert_eq!(to_json("a\"\n".as_bytes()), "\"a\\\"\\n\"");
    }
}
