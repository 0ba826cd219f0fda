//! Reserving disk or memory for a part of a file, so that touching it later cannot fail (R12).

use std::fs::File;

/// Reserves `len` bytes from `offset` on. What was there stays.
///
/// ## Errors
/// What the system says, above all that there is no space.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub fn reserve(file: &File, offset: u64, len: u64) -> std::io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    loop {
        match fallocate(file, FallocateFlags::empty(), offset, len) {
            Ok(()) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => return write_zeros(file, offset, len),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reserves `len` bytes from `offset` on, which nobody has written to yet.
///
/// ## Errors
/// What the system says, above all that there is no space.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub fn reserve(file: &File, offset: u64, len: u64) -> std::io::Result<()> {
    write_zeros(file, offset, len)
}

/// Bytes are reserved before anyone uses them, so there is nothing yet that zeros could overwrite.
fn write_zeros(file: &File, offset: u64, len: u64) -> std::io::Result<()> {
    static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];
    let mut done = 0;
    while done < len {
        let part = &ZEROS[..ZEROS.len().min((len - done) as usize)];
        write_at(file, part, offset + done)?;
        done += part.len() as u64;
    }
    Ok(())
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut offset: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        bytes = &bytes[written..];
        offset += written as u64;
    }
    Ok(())
}
