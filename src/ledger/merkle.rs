//! Merkle trees of RFC 6962, section 2.1, over the names of records: a root that stands for all of them, and proofs that
//! one is among them.

use sha2::{Digest as _, Sha256};

use crate::model::Digest;

/// The hash of a leaf: SHA-256 over a zero byte and the 32 bytes of the record's name.
#[must_use]
pub fn leaf(record: &Digest) -> Digest {
    hash(&[&[0], record.as_bytes()])
}

fn node(left: &Digest, right: &Digest) -> Digest {
    hash(&[&[1], left.as_bytes(), right.as_bytes()])
}

fn hash(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    Digest::from(<[u8; 32]>::from(hasher.finalize()))
}

/// The root over `records` in their order; of none it is the SHA-256 of nothing.
#[must_use]
pub fn root(records: &[Digest]) -> Digest {
    match records {
        [] => Digest::of(b""),
        [one] => leaf(one),
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The greatest power of two below `length`, which is at least 2.
const fn split(length: usize) -> usize {
    length.next_power_of_two() / 2
}

/// The hashes that lead from the leaf at `index` to the root, the lowest first; `None` when there is no such leaf.
#[must_use]
pub fn path(records: &[Digest], index: usize) -> Option<Vec<Digest>> {
    match records {
        [] => None,
        [_] => (index == 0).then(Vec::new),
        many => {
            let at = split(many.len());
            let (left, right) = many.split_at(at);
            let (mut way, other) =
                if index < at { (path(left, index)?, root(right)) } else { (path(right, index - at)?, root(left)) };
            way.push(other);
            Some(way)
        }
    }
}

/// The root that a path leads to from `record` at `index` of `size` (RFC 9162, section 2.1.3.2); `None` when the path is too
/// short or too long for that place.
#[must_use]
pub fn root_by(record: &Digest, index: u64, size: u64, path: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = leaf(record);
    for other in path {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            hash = node(other, &hash);
            while at.is_multiple_of(2) && at > 0 {
                at /= 2;
                last /= 2;
            }
        } else {
            hash = node(&hash, other);
        }
        at /= 2;
        last /= 2;
    }
    (last == 0).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_the_root_and_to_no_other() {
        let names: Vec<Digest> = (0_u8..33).map(|number| Digest::of(&[number])).collect();
        for size in 1..=names.len() {
            let records = &names[..size];
            let root = root(records);
            for (index, record) in records.iter().enumerate() {
                let way = path(records, index).unwrap();
                assert_eq!(root_by(record, index as u64, size as u64, &way), Some(root), "{index} of {size}");
                assert_ne!(root_by(&Digest::of(b"other"), index as u64, size as u64, &way), Some(root));
                if size > 1 {
                    assert_ne!(root_by(record, index as u64, size as u64, &way[1..]), Some(root));
                }
                let longer = [&way[..], &[root]].concat();
                assert_eq!(root_by(record, index as u64, size as u64, &longer), None);
            }
            assert_eq!(path(records, size), None);
            assert_eq!(root_by(&records[0], size as u64, size as u64, &[]), None);
        }
    }

    #[test]
    fn the_root_of_nothing_and_of_one_are_those_of_rfc_6962() {
        assert_eq!(root(&[]), Digest::of(b""));
        let one = Digest::of(b"one");
        assert_eq!(root(&[one]), Digest::of(&[&[0_u8][..], one.as_bytes()].concat()));
        let two = Digest::of(b"two");
        let expected = [&[1_u8][..], leaf(&one).as_bytes(), leaf(&two).as_bytes()].concat();
        assert_eq!(root(&[one, two]), Digest::of(&expected));
    }
}
