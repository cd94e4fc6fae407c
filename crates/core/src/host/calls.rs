//! System calls that read the live machine, with paths as bytes and gowrap's error type.

use alloc::ffi::CString;
use core::ffi::{c_char, c_long};

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, ResolveFlags, Stat};

use crate::host::facts::{FileId, FileKind, FileStat};
use crate::prelude::*;
use crate::text::errno::Errno;

/// The working directory, as the folder argument of a call.
pub const HERE: BorrowedFd<'static> = CWD;

/// Size of the buffer for the entries of a folder, in bytes.
const ENTRIES: usize = 8 << 10;

/// Flags for reading. O_NONBLOCK: the file may have become a FIFO since it was checked.
pub const TO_READ: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// openat(2), with the close-on-exec flag.
///
/// # Errors
/// Those of the call, as for all functions here.
pub fn open_at(folder: impl AsFd, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
    Ok(rustix::fs::openat(folder, path, flags | OFlags::CLOEXEC, Mode::empty())?)
}

/// openat2(2) with O_PATH, which fails with EXDEV at a mount point.
pub fn open_within(folder: impl AsFd, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
    let flags = flags | OFlags::PATH | OFlags::CLOEXEC;
    Ok(rustix::fs::openat2(folder, path, flags, Mode::empty(), ResolveFlags::NO_XDEV)?)
}

/// mkdirat(2).
pub fn make_folder(folder: impl AsFd, name: &[u8], mode: u32) -> Result<(), Errno> {
    Ok(rustix::fs::mkdirat(folder, name, Mode::from_bits_truncate(mode))?)
}

/// stat(2).
pub fn stat(path: &[u8]) -> Result<Stat, Errno> {
    Ok(rustix::fs::stat(path)?)
}

/// lstat(2).
pub fn lstat(path: &[u8]) -> Result<Stat, Errno> {
    Ok(rustix::fs::lstat(path)?)
}

/// fstat(2).
pub fn fstat(file: impl AsFd) -> Result<Stat, Errno> {
    Ok(rustix::fs::fstat(file)?)
}

/// read(2), repeated after EINTR.
pub fn read(file: impl AsFd, buffer: &mut [u8]) -> Result<usize, Errno> {
    Ok(rustix::io::retry_on_intr(|| rustix::io::read(&file, &mut *buffer))?)
}

/// pread(2) until the buffer is full or the file ends.
pub fn read_from(file: impl AsFd, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
    let mut length = 0;
    while length < buffer.len() {
        let at = offset.saturating_add(length as u64);
        match rustix::io::retry_on_intr(|| rustix::io::pread(&file, &mut buffer[length..], at))? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

/// readlink(2).
pub fn read_link(path: &[u8]) -> Result<Vec<u8>, Errno> {
    Ok(rustix::fs::readlink(path, Vec::new()).map(CString::into_bytes)?)
}

/// Returns the target of an open link: readlinkat(2) with an empty path.
pub fn read_open_link(link: impl AsFd) -> Result<Vec<u8>, Errno> {
    Ok(rustix::fs::readlinkat(link, c"", Vec::new()).map(CString::into_bytes)?)
}

/// Returns the names in an open folder, without `.` and `..`: getdents64(2).
pub fn names_in(folder: impl AsFd) -> Result<Vec<Vec<u8>>, Errno> {
    let mut buffer = Vec::with_capacity(ENTRIES);
    let mut entries = RawDir::new(folder, buffer.spare_capacity_mut());
    let mut names = Vec::new();
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(name.to_vec());
        }
    }
    Ok(names)
}

/// access(2), for the real user.
pub fn access(path: &[u8], access: rustix::fs::Access) -> Result<(), Errno> {
    Ok(rustix::fs::access(path, access)?)
}

/// faccessat2(2), for the effective user.
pub fn effective_access(path: &[u8], access: rustix::fs::Access) -> Result<(), Errno> {
    Ok(rustix::fs::accessat(CWD, path, access, AtFlags::EACCESS)?)
}

/// Returns the kernel's release: uname(2).
#[must_use]
#[allow(unsafe_code, reason = "rustix's uname panics where a filter of system calls refuses the call")]
pub fn release() -> Option<Vec<u8>> {
    let mut name = core::mem::MaybeUninit::<libc::utsname>::zeroed();
    // SAFETY: uname(2) writes to the given structure; all its fields are arrays of bytes, for which zeros are valid.
    let name = unsafe {
        if system_call(libc::SYS_uname, [name.as_mut_ptr().expose_provenance(), 0, 0]) != 0 {
            return None;
        }
        name.assume_init()
    };
    Some(name.release.iter().map(|&byte| byte as u8).take_while(|&byte| byte != 0).collect())
}

/// execve(2) with C strings, and with arrays that end with a null pointer. Returns only its error.
///
/// # Safety
/// The path must be a C string, and each array must hold pointers to C strings and a null pointer at its end.
#[allow(unsafe_code, reason = "the C library's execve(2) keeps its error in memory that gowrap-shim does not set up")]
pub(crate) unsafe fn execute(path: *const c_char, argv: *const *const c_char, environ: *const *const c_char) -> Errno {
    let arguments = [path.expose_provenance(), argv.expose_provenance(), environ.expose_provenance()];
    // SAFETY: the caller promises that the pointers are valid.
    let answer = unsafe { system_call(libc::SYS_execve, arguments) };
    Errno::from_raw(i32::try_from(-answer).unwrap_or(0))
}

/// A system call with three arguments. The C library would store an error in memory of the thread. gowrap-shim has no
/// such memory, because setting it up takes two system calls.
///
/// # Safety
/// The arguments must be what the kernel expects of that call.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "there is no other way to make a system call without the C library")]
unsafe fn system_call(number: c_long, arguments: [usize; 3]) -> isize {
    let answer: isize;
    // SAFETY: the caller promises the arguments; the kernel changes no registers but these (syscall(2)).
    unsafe {
        core::arch::asm!(
            "syscall",
            inlateout("rax") number as isize => answer,
            in("rdi") arguments[0],
            in("rsi") arguments[1],
            in("rdx") arguments[2],
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    answer
}

/// A system call with three arguments.
///
/// # Safety
/// The arguments must be what the kernel expects of that call.
#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "there is no other way to make a system call without the C library")]
unsafe fn system_call(number: c_long, arguments: [usize; 3]) -> isize {
    let answer: isize;
    // SAFETY: the caller promises the arguments; the kernel changes no registers but these (syscall(2)).
    unsafe {
        core::arch::asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") arguments[0] => answer,
            in("x1") arguments[1],
            in("x2") arguments[2],
            options(nostack),
        );
    }
    answer
}

/// A system call with three arguments, on machines where gowrap-shim uses the C library's start-up code.
///
/// # Safety
/// The arguments must be what the kernel expects of that call.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[allow(unsafe_code, reason = "the C library makes the system call")]
unsafe fn system_call(number: c_long, arguments: [usize; 3]) -> isize {
    // SAFETY: the caller promises the arguments; errno is this thread's own.
    unsafe {
        match libc::syscall(number, arguments[0], arguments[1], arguments[2]) {
            -1 => -(*libc::__errno_location() as isize),
            answer => answer as isize,
        }
    }
}

/// A descriptor that this process was started with.
#[allow(unsafe_code, reason = "a descriptor that this process was started with has no other owner")]
fn inherited(descriptor: i32) -> BorrowedFd<'static> {
    // SAFETY: nothing closes it, and the calls below fail for a number that is no open descriptor.
    unsafe { BorrowedFd::borrow_raw(descriptor) }
}

/// isatty(3).
#[must_use]
pub fn is_terminal(descriptor: i32) -> bool {
    rustix::termios::isatty(inherited(descriptor))
}

/// The fields of stat(2) that gowrap needs.
#[must_use]
pub fn file_stat(raw: &Stat) -> FileStat {
    let kind = match FileType::from_raw_mode(raw.st_mode) {
        FileType::RegularFile => FileKind::Regular,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Link,
        _ => FileKind::Special,
    };
    FileStat {
        id: FileId { dev: raw.st_dev, ino: raw.st_ino },
        kind,
        mode: raw.st_mode & 0o7777,
        uid: raw.st_uid,
        gid: raw.st_gid,
        size: u64::try_from(raw.st_size).unwrap_or(0),
    }
}
