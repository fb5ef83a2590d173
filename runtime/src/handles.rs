//! Handles: words that name an object, of which stale, foreign and made-up ones are told from live ones.
//!
//! A word is an index into a table and a generation. Generations come from one counter of the process, so a word of a
//! closed handle, or of another table, does not name anything until the counter has gone around.
//!
//! Every slot has a lock of its own and never moves, so that a call on one handle takes one lock and no other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// The bits of a word that are the index; the generation has the others.
const INDEX_BITS: u32 = usize::BITS / 2;
const INDEX_MASK: usize = (1 << INDEX_BITS) - 1;

/// How many slots the first block has. Each further block has twice as many as the one before.
const FIRST_BLOCK: usize = 64;
const BLOCKS: usize = 24;

/// Never 0, so that no handle is the null handle.
static GENERATION: AtomicUsize = AtomicUsize::new(1);

/// Objects by handle.
#[derive(Debug)]
pub(crate) struct HandleTable<T> {
    /// Made when they are needed, and kept.
    blocks: [Block<T>; BLOCKS],
    vacant: Mutex<Vacant>,
}

/// Slots of which each has a lock.
type Block<T> = OnceLock<Box<[Mutex<Slot<T>>]>>;

/// Which slots have no object.
#[derive(Debug)]
struct Vacant {
    /// Those that had one.
    used: Vec<usize>,
    /// The first one that never had any, and all behind it.
    unused: usize,
}

#[derive(Debug)]
struct Slot<T> {
    generation: usize,
    object: Option<T>,
}

impl<T> HandleTable<T> {
    /// A table without objects.
    pub(crate) const fn new() -> Self {
        Self { blocks: [const { OnceLock::new() }; BLOCKS], vacant: Mutex::new(Vacant { used: Vec::new(), unused: 0 }) }
    }

    /// Takes an object in and gives it a handle, which no other object has had.
    ///
    /// # Panics
    ///
    /// When there are more live handles than an index has numbers: 65,536 where an address has 32 bits, else more than fit into
    /// memory.
    pub(crate) fn insert(&self, object: T) -> usize {
        let index = {
            let mut vacant = lock(&self.vacant);
            vacant.used.pop().unwrap_or_else(|| {
                vacant.unused += 1;
                vacant.unused - 1
            })
        };
        assert!(index <= INDEX_MASK, "there are {index} live handles");
        let (block, place) = position(index);
        let empty = || (0..FIRST_BLOCK << block).map(|_| Mutex::new(Slot { generation: 0, object: None })).collect();
        let slots = self.blocks[block].get_or_init(empty);
        let generation = next_generation();
        *lock(&slots[place]) = Slot { generation, object: Some(object) };
        generation << INDEX_BITS | index
    }

    /// What a call gives that is made with the object of a live handle. Other calls with the same handle wait meanwhile.
    pub(crate) fn with<R>(&self, word: usize, call: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.slot(word)?.object.as_mut().map(call)
    }

    /// The object of a live handle, which is a shared pointer: it survives the handle.
    pub(crate) fn get(&self, word: usize) -> Option<T>
    where
        T: Clone,
    {
        self.with(word, |object| object.clone())
    }

    /// Ends a live handle, and gives its object out.
    pub(crate) fn remove(&self, word: usize) -> Option<T> {
        let object = self.slot(word)?.object.take()?;
        lock(&self.vacant).used.push(split(word).0);
        Some(object)
    }

    /// The slot of a handle that was live once, and is not the handle of another object now.
    fn slot(&self, word: usize) -> Option<MutexGuard<'_, Slot<T>>> {
        let (index, generation) = split(word);
        let (block, place) = position(index);
        let slot = lock(self.blocks.get(block)?.get()?.get(place)?);
        (slot.generation == generation).then_some(slot)
    }
}

/// No call waits for anything while it has a lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// In which block a slot is, and where in it.
const fn position(index: usize) -> (usize, usize) {
    let block = (index / FIRST_BLOCK + 1).ilog2() as usize;
    (block, index - FIRST_BLOCK * ((1 << block) - 1))
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
