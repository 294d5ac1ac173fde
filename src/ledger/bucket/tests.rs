//! Ledgers in stores of memory and of files, and stores that answer badly.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, PutMultipartOptions, PutResult,
    Result as StoreResult,
};

use super::super::{Against, FaultKind, Folder, Ledger, RECORD_SCHEMA, Record, append, join, verify};
use super::*;
use crate::model::Tool;

fn tool() -> Tool {
    Tool { name: "otaudit".to_owned(), version: "0.1.0".to_owned() }
}

fn record(version: &str) -> Record {
    Record {
        schema: RECORD_SCHEMA.to_owned(),
        app: Some("app.example".to_owned()),
        channel: None,
        version: Some(version.to_owned()),
        number: 0,
        previous: Vec::new(),
        as_of: "2026-01-01T00:00:00Z".to_owned(),
        tool: tool(),
        audit: None,
        signature: None,
    }
}

fn bucket(store: &Arc<dyn ObjectStore>) -> Bucket {
    Bucket::over(Arc::clone(store), "ota/ledger", "s3://bucket/ota/ledger", "help").unwrap()
}

fn memory() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}

/// Puts any bytes anywhere, as someone does who may write to the bucket.
fn overwrite(bucket: &Bucket, place: &str, bytes: &[u8]) {
    let path = bucket.path(place);
    bucket.runtime.block_on(bucket.store.put(&path, PutPayload::from(bytes.to_vec()))).unwrap();
}

fn faults(store: &Arc<dyn ObjectStore>) -> Vec<(FaultKind, Digest)> {
    let ledger = Ledger::load(&bucket(store)).unwrap();
    verify(&ledger, Against::default()).into_iter().map(|fault| (fault.kind, fault.record)).collect()
}

fn two_writers_at_once_and_a_join(store: &Arc<dyn ObjectStore>) {
    assert!(Ledger::load(&bucket(store)).unwrap().records.is_empty());
    let first = append(&bucket(store), record("1.0.0"), None).unwrap();
    let second = append(&bucket(store), record("1.1.0"), None).unwrap();
    assert_eq!((second.record.number, second.record.previous.clone()), (2, vec![first.name]));
    assert_eq!(faults(store), []);
    // Another writer saw the first record only.
    let mut other = record("1.1.1");
    (other.number, other.previous) = (2, vec![first.name]);
    let bytes = other.bytes().unwrap();
    assert_eq!(bucket(store).add(&Digest::of(&bytes), &bytes).unwrap(), Added::New);
    assert_eq!(bucket(store).add(&Digest::of(&bytes), &bytes).unwrap(), Added::Present);
    assert_eq!(faults(store), [(FaultKind::Fork, first.name)]);
    assert_eq!(join(&bucket(store), "2026-01-02T00:00:00Z", &tool(), None).unwrap().len(), 1);
    assert_eq!(faults(store), []);
    assert_eq!(Ledger::load(&bucket(store)).unwrap().records.len(), 4);
}

#[test]
fn a_ledger_lies_in_memory() {
    two_writers_at_once_and_a_join(&memory());
}

#[test]
fn a_ledger_lies_in_files_as_a_folder_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn ObjectStore> = Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap());
    two_writers_at_once_and_a_join(&store);
    let here = Ledger::load(&Folder::new(&folder.path().join("ota/ledger"))).unwrap();
    assert_eq!(here.records, Ledger::load(&bucket(&store)).unwrap().records);
}

#[test]
fn many_writers_at_once_lose_nothing() {
    let store = memory();
    std::thread::scope(|scope| {
        for number in 0..20 {
            let store = &store;
            scope.spawn(move || append(&bucket(store), record(&format!("1.{number}.0")), None).unwrap());
        }
    });
    let ledger = Ledger::load(&bucket(&store)).unwrap();
    assert_eq!((ledger.records.len(), ledger.broken.len()), (20, 0));
    join(&bucket(&store), "2026-01-02T00:00:00Z", &tool(), None).unwrap();
    assert_eq!(Ledger::load(&bucket(&store)).unwrap().heads().into_values().map(|heads| heads.len()).max(), Some(1));
}

#[test]
fn runs_of_one_audit_at_once_leave_a_record_each() {
    let store = memory();
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| append(&bucket(&store), record("1.0.0"), None).unwrap());
        }
    });
    let ledger = Ledger::load(&bucket(&store)).unwrap();
    assert_eq!((ledger.records.len(), ledger.broken.len()), (20, 0));
    assert_eq!(faults(&store), [], "each followed the one that was there before it");
}

#[test]
fn what_was_changed_is_found_and_never_overwritten() {
    let store = memory();
    let first = append(&bucket(&store), record("1.0.0"), None).unwrap();
    append(&bucket(&store), record("1.1.0"), None).unwrap();
    let place = place_of(&first.name);
    let forged = String::from_utf8(first.record.bytes().unwrap()).unwrap().replace("1.0.0", "9.0.0");
    overwrite(&bucket(&store), &place, forged.as_bytes());
    assert_eq!(faults(&store), [(FaultKind::Changed, first.name)]);
    let problem = bucket(&store).add(&first.name, &first.record.bytes().unwrap()).unwrap_err();
    assert!(problem.message.contains("nothing is ever overwritten"), "{}", problem.message);
    assert_eq!(bucket(&store).read(&first.name).unwrap(), forged.as_bytes());
}

#[test]
fn objects_that_are_no_records_are_told() {
    let store = memory();
    let bucket = bucket(&store);
    append(&bucket, record("1.0.0"), None).unwrap();
    overwrite(&bucket, "records/ab/.writing-1", b"{");
    overwrite(&bucket, "records/ab/notes.txt", b"x");
    overwrite(&bucket, "records/deep/er/still.json", b"x");
    overwrite(&bucket, "elsewhere.txt", b"x");
    let listing = bucket.list().unwrap();
    assert_eq!((listing.records.len(), listing.unfinished.as_slice()), (1, ["ab/.writing-1".to_owned()].as_slice()));
    assert_eq!(listing.strangers, ["ab/notes.txt", "deep/er/still.json"]);
}

#[test]
fn an_object_that_is_too_long_is_not_read() {
    let store = memory();
    let name = Digest::of(b"long");
    overwrite(&bucket(&store), &place_of(&name), &vec![b' '; usize::try_from(LONGEST_RECORD).unwrap() + 1]);
    assert!(bucket(&store).read(&name).unwrap_err().contains("more than 8388608 bytes"));
    assert_eq!(faults(&store), [(FaultKind::Damaged, name)]);
}

#[test]
fn too_many_strangers_are_no_ledger() {
    let store = memory();
    let bucket = bucket(&store);
    for number in 0..=MOST_STRANGERS {
        overwrite(&bucket, &format!("records/{number}"), b"");
    }
    assert!(bucket.list().unwrap_err().message.contains("10000 objects that are no records"));
}

/// A store whose first answers to writes are bad ones.
#[derive(Debug)]
struct Bad {
    inner: InMemory,
    /// How many answers are still bad.
    left: AtomicUsize,
    /// What is written all the same.
    writes: bool,
    /// Another write is said to have come between; else the connection breaks.
    conflict: bool,
}

impl fmt::Display for Bad {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("bad")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Bad {
    async fn put_opts(&self, path: &Path, bytes: PutPayload, options: PutOptions) -> StoreResult<PutResult> {
        assert_eq!(options.mode, PutMode::Create, "a write without a condition");
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
            return self.inner.put_opts(path, bytes, options).await;
        }
        if self.writes {
            self.inner.put_opts(path, bytes, options).await?;
        }
        Err(if self.conflict {
            Error::AlreadyExists { path: path.to_string(), source: "status code: 409".into() }
        } else {
            Error::Generic { store: "S3", source: "secret=hunter2".into() }
        })
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> StoreResult<GetResult> {
        self.inner.get_opts(path, options).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, StoreResult<Path>>) -> BoxStream<'static, StoreResult<Path>> {
        self.inner.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> StoreResult<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> StoreResult<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

fn bad(left: usize, writes: bool, conflict: bool) -> Arc<dyn ObjectStore> {
    Arc::new(Bad { inner: InMemory::new(), left: AtomicUsize::new(left), writes, conflict })
}

#[test]
fn a_conflict_without_an_object_is_tried_again() {
    let store = bad(1, false, true);
    append(&bucket(&store), record("1.0.0"), None).unwrap();
    assert_eq!(Ledger::load(&bucket(&store)).unwrap().records.len(), 1);
    let problem = append(&bucket(&bad(100, false, true)), record("1.0.0"), None).unwrap_err();
    assert!(problem.message.contains("another write came between"), "{}", problem.message);
}

#[test]
fn a_lost_answer_to_a_write_is_no_lost_record() {
    let store = bad(1, true, false);
    append(&bucket(&store), record("1.0.0"), None).unwrap();
    assert_eq!(Ledger::load(&bucket(&store)).unwrap().records.len(), 1);
    let problem = append(&bucket(&bad(1, false, false)), record("1.0.0"), None).unwrap_err();
    assert_eq!(problem.message, "can't write to the ledger `s3://bucket/ota/ledger`: the request failed");
}
