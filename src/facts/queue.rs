//! In which order files are read: the answer of an audit never depends on it, but its time and its memory do.

use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Bytes of files that are read at once, for each thread: a script's tree takes forty times its length.
const AT_ONCE: u64 = 6 * 1024 * 1024;

/// The files that wait, those that are to be read later behind the others: the largest first, for they decide when the last thread ends; but two very large ones are not read
/// at once while there are others, for they decide how much memory is needed.
pub struct Queue {
    waiting: BTreeSet<(bool, Reverse<u64>, usize)>,
    reading: u64,
    most: u64,
}

impl Queue {
    /// All of them wait: whether they are for later, and their sizes in bytes.
    pub fn new(files: impl Iterator<Item = (bool, u64)>, threads: usize) -> Self {
        let waiting = files.enumerate().map(|(index, (later, size))| (later, Reverse(size), index)).collect();
        Self { waiting, reading: 0, most: AT_ONCE.saturating_mul(u64::try_from(threads).unwrap_or(1)) }
    }

    /// The next file's size and number, after one of `done` bytes was read.
    pub fn take(&mut self, done: u64) -> Option<(u64, usize)> {
        self.reading = self.reading.saturating_sub(done);
        let room = if self.reading == 0 { u64::MAX } else { self.most.saturating_sub(self.reading) };
        let now = self.waiting.range((false, Reverse(room), 0)..(true, Reverse(u64::MAX), 0)).next();
        let fits = now.or_else(|| self.waiting.range((true, Reverse(room), 0)..).next());
        let next = *fits.or_else(|| self.waiting.last())?;
        self.waiting.remove(&next);
        let (_, Reverse(size), index) = next;
        self.reading = self.reading.saturating_add(size);
        Some((size, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn the_largest_is_first_and_two_very_large_ones_wait_for_each_other() {
        let mut queue = Queue::new([3, 11, 8, 1].into_iter().map(|size| (false, size * MIB)), 2);
        assert_eq!(queue.take(0), Some((11 * MIB, 1)));
        assert_eq!(queue.take(0), Some((MIB, 3)), "there is room for 1 MiB beside 11");
        assert_eq!(queue.take(11 * MIB), Some((8 * MIB, 2)));
        assert_eq!(queue.take(MIB), Some((3 * MIB, 0)));
        assert_eq!(queue.take(0), None);
    }

    #[test]
    fn what_is_for_later_comes_later() {
        let mut queue = Queue::new([(true, 9), (false, 2), (true, 3)].into_iter(), 2);
        assert_eq!([queue.take(0), queue.take(2), queue.take(9)], [Some((2, 1)), Some((9, 0)), Some((3, 2))]);
    }

    #[test]
    fn no_thread_waits_while_there_is_work() {
        let mut queue = Queue::new([20, 30].into_iter().map(|size| (false, size * MIB)), 2);
        assert_eq!(queue.take(0), Some((30 * MIB, 1)));
        assert_eq!(queue.take(0), Some((20 * MIB, 0)));
    }
}
