//! The files that runs have stored: `client.deck_v2().storage()`.

use super::{StorageId, TaskRunId};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, open_enum};
use crate::{Call, OtherJson, SecretUrl, Timestamp};
use std::sync::Arc;

/// The operations on stored files.
#[derive(Clone, Debug)]
pub struct Storage {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.storage";
    /// changes nothing
    GET = "get": GET "/storage/{storage_id}", Read;
}

impl Storage {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Returns one file's description, with a link to the file.
    ///
    /// Fetch the file from [`url`](StorageItem::url) soon, with any HTTP client and without your key: the link is signed
    /// and goes to another host. Ask again for a new link.
    ///
    /// Source: <https://docs.deck.co/api-reference/storage/retrieve-a-storage-item>.
    #[doc(alias = "getStorageItem")]
    #[inline]
    pub fn get(&self, item: impl Into<StorageId>) -> Call<StorageItem> {
        self.engine.call(&GET).path(item.into()).returns()
    }
}

model! {
    /// A file that a run has stored. In lists Deck may leave out more of it than here.
    ///
    /// Source: <https://docs.deck.co/guides/storage>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct StorageItem {
        /// The item's id.
        pub id: StorageId,
        /// What this is: `storage` or `storage_item`, Deck's texts disagree.
        pub object: Option<String>,
        /// The file's name.
        pub file_name: Option<String>,
        /// Its media type, such as `application/pdf`.
        pub file_type: Option<String>,
        /// Its length in bytes.
        pub file_size: Option<i64> as WholeNumber,
        /// Where the file is for a while. Whoever knows the link can read it.
        pub url: Option<SecretUrl>,
        /// Any JSON; Deck documents no keys: any JSON.
        pub metadata: Option<OtherJson>,
        /// What was read from it, as the task's `extraction_schema` has it; absent when there is none or reading failed.
        pub extraction: Option<OtherJson>,
        /// The run that stored it.
        pub task_run_id: Option<TaskRunId>,
        /// Whether reading it went well.
        pub result: Option<ExtractionResult>,
        /// When it was stored.
        pub created_at: Option<Timestamp>,
    }
}

open_enum! {
    /// Whether something could be read from a file.
    pub enum ExtractionResult {
        /// It could.
        Success = "success",
        /// It could not.
        Failure = "failure",
    }
}
