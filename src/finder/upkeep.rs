//! How the cleaning of a toilet stands, with the bytes that somebody writes of it.

use std::sync::OnceLock;

use crate::domain::slot::Settlement;

/// How the cleaning of a toilet stands.
#[derive(Debug)]
pub struct Upkeep {
    pub(super) settlement: Settlement,
    written: OnceLock<Box<[u8]>>,
}

impl Upkeep {
    pub(super) fn new(settlement: Settlement) -> Self {
        Self { settlement, written: OnceLock::new() }
    }

    /// The bytes that somebody writes of it, written once.
    pub fn written(&self, write: impl FnOnce(&Settlement) -> Vec<u8>) -> &[u8] {
        self.written.get_or_init(|| write(&self.settlement).into_boxed_slice())
    }
}
