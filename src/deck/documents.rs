//! The documents that jobs have fetched: `client.deck().documents()`.

use super::{DocumentId, JobId};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, request, setters, write_secret};
use crate::{Call, Download, JsonMap, Secret, Timestamp};
use serde::Serialize;
use std::sync::Arc;

/// The operations on documents.
#[derive(Clone, Debug)]
pub struct Documents {
    engine: Arc<Engine>,
}

operations! { Deck, "deck.documents";
    /// returns what was fetched
    LIST = "list": POST "/jobs/documents/list", Read, sdk "jobs_documents.list";
    /// returns one file
    FILE = "file": POST "/jobs/documents/file", Read, sdk "jobs.get_document_file";
}

impl Documents {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Lists the documents of a connection.
    ///
    /// # Errors
    /// `BadRequest` with [`InvalidAccessToken`](super::ErrorCode::InvalidAccessToken) for a token that is unknown or was
    /// rotated.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/jobsdocuments/README.md>.
    #[inline]
    pub fn list(&self, body: &ListDocuments) -> Call<DocumentList> {
        self.engine.call(&LIST).query(&body.query()).json(body).returns_with_unread::<DocumentList, _>()
    }

    /// Gives one file, of any type and length, as it arrives.
    ///
    /// The call's timeout ends with the headers; see [`Download`] for what holds then. `.bytes()` instead gives the
    /// whole file under the client's cap for bodies.
    ///
    /// # Errors
    /// `BadRequest` for a document or an access token that is unknown.
    ///
    /// Source: <https://github.com/buildwithdeck/sdk-go/blob/main/docs/sdks/jobs/README.md>.
    #[doc(alias = "getDocumentFile")]
    #[inline]
    pub fn file(&self, body: &GetDocumentFile) -> Call<Download> {
        self.engine.call(&FILE).json(body).downloads()
    }
}

/// Which documents to list.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ListDocuments {
    /// The connection's access token.
    #[serde(serialize_with = "write_secret")]
    pub access_token: Secret,
    /// Those that this job fetched; all where it is not set.
    #[serde(skip)]
    pub job_guid: Option<JobId>,
}

impl ListDocuments {
    /// All documents of the connection with this access token.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self { access_token: access_token.into(), job_guid: None }
    }

    setters! {
        job_guid: Option<JobId>,
    }

    /// The job goes into the query, the token into the body.
    fn query(&self) -> impl Serialize {
        #[derive(Serialize)]
        struct Query {
            job_guid: Option<JobId>,
        }

        Query { job_guid: self.job_guid.clone() }
    }
}

request! {
    /// The document to get.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    #[doc(alias = "DocumentFileRequest")]
    pub struct GetDocumentFile {
        /// The connection's access token.
        pub access_token: Secret as Hidden,
        /// The document.
        pub document_id: DocumentId,
    }
}

impl GetDocumentFile {
    /// This document of the connection with this access token.
    pub fn new(access_token: impl Into<Secret>, document: impl Into<DocumentId>) -> Self {
        Self { access_token: access_token.into(), document_id: document.into() }
    }
}

model! {
    /// The documents of a connection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DocumentList {
        /// The documents.
        pub documents: Vec<DocumentInfo>,
    } with unread
}

model! {
    /// A document that a job has fetched.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DocumentInfo {
        /// The id to get it by.
        pub document_id: DocumentId,
        /// What it is, such as `pdf`.
        pub file_type: Option<String>,
        /// What the source says of it.
        pub metadata: Option<JsonMap>,
        /// Its name.
        pub file_name: Option<String>,
        /// Its length in bytes.
        pub file_size: Option<i64> as WholeNumber,
        /// When it was fetched.
        pub fetch_date: Option<Timestamp>,
    }
}
