//! Between Windows and Linux paths, as WSL itself does it.
