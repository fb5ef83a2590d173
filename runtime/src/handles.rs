//! Handles: words that name an object, of which stale, foreign and made-up ones are told from live ones.
//!
//! A word is an index into a table and a generation. Generations come from one counter of the process, so a word of a
//! closed handle, or of another table, does not name anything until the counter has gone around.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

/// The bits of a word that are the index; the generation has the others.
const INDEX_BITS: u32 = usize::BITS / 2;
const INDEX_MASK: usize = (1 << INDEX_BITS) - 1;

/// Never 0, so that no handle is the null handle.
static GENERATION: AtomicUsize = AtomicUsize::new(1);

/// Objects by handle.
///
/// `T` is a shared pointer: a call in flight has a clone of it, so that its object survives the handle.
#[derive(Debug)]
pub(crate) struct HandleTable<T> {
    slots: RwLock<Slots<T>>,
}

#[derive(Debug)]
struct Slots<T> {
    slots: Vec<Slot<T>>,
    /// Indices of slots without an object.
    free: Vec<usize>,
}

#[derive(Debug)]
struct Slot<T> {
    generation: usize,
    object: Option<T>,
}

impl<T: Clone> HandleTable<T> {
    /// A table without objects.
    pub(crate) const fn new() -> Self {
        Self { slots: RwLock::new(Slots { slots: Vec::new(), free: Vec::new() }) }
    }

    /// Takes an object in and gives it a handle, which no other object has had.
    pub(crate) fn insert(&self, object: T) -> usize {
        let generation = next_generation();
        let slot = Slot { generation, object: Some(object) };
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let index = slots.free.pop().unwrap_or(slots.slots.len());
        match slots.slots.get_mut(index) {
            Some(free) => *free = slot,
            None => slots.slots.push(slot),
        }
        generation << INDEX_BITS | index
    }

    /// The object of a live handle.
    pub(crate) fn get(&self, word: usize) -> Option<T> {
        let (index, generation) = split(word);
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.slots.get(index).filter(|slot| slot.generation == generation)?;
        slot.object.clone()
    }

    /// Ends a live handle, and gives its object out.
    pub(crate) fn remove(&self, word: usize) -> Option<T> {
        let (index, generation) = split(word);
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.slots.get_mut(index).filter(|slot| slot.generation == generation)?;
        let object = slot.object.take()?;
        slots.free.push(index);
        Some(object)
    }
}

fn next_generation() -> usize {
    loop {
        let generation = GENERATION.fetch_add(1, Ordering::Relaxed) & INDEX_MASK;
        if generation != 0 {
            return generation;
        }
    }
}

const fn split(word: usize) -> (usize, usize) {
    (word & INDEX_MASK, word >> INDEX_BITS)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn live_handles_find_their_objects() {
        let table = HandleTable::new();
        let (one, two) = (table.insert(Arc::new(1)), table.insert(Arc::new(2)));
        assert_eq!((table.get(one).as_deref(), table.get(two).as_deref()), (Some(&1), Some(&2)));
    }

    #[test]
    fn null_and_made_up_handles_find_nothing() {
        let table = HandleTable::new();
        let live = table.insert(Arc::new(1));
        let (index, generation) = split(live);
        for word in [0, 1, usize::MAX, index, generation << INDEX_BITS | (index + 1), (generation + 1) << INDEX_BITS] {
            assert_eq!(table.get(word), None, "{word:x}");
            assert_eq!(table.remove(word), None, "{word:x}");
        }
        assert!(live != 0 && table.get(live).is_some());
    }

    #[test]
    fn a_removed_handle_stays_stale_when_its_slot_is_used_again() {
        let table = HandleTable::new();
        let old = table.insert(Arc::new(1));
        let kept = table.get(old);
        assert_eq!(table.remove(old).as_deref(), Some(&1));
        assert_eq!((table.get(old), table.remove(old)), (None, None));
        let new = table.insert(Arc::new(2));
        assert_eq!(split(new).0, split(old).0, "the slot is used again");
        assert_eq!((table.get(old), table.get(new).as_deref()), (None, Some(&2)));
        assert_eq!(kept.as_deref(), Some(&1), "a call in flight keeps its object");
    }

    #[test]
    fn handles_of_another_table_are_foreign() {
        let (ours, theirs) = (HandleTable::new(), HandleTable::new());
        let (_, foreign) = (ours.insert(Arc::new(1)), theirs.insert(Arc::new(2)));
        assert_eq!(ours.get(foreign), None);
    }
}
