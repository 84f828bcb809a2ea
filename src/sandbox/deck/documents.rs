//! Documents that jobs have fetched.

use super::{State, body, guid, iso, ok, refusal};
use crate::deck::{ErrorCode, documents};
use crate::sandbox::body::body;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use serde_json::{Value, json};
use std::{collections::VecDeque, time::SystemTime};

pub(super) const HANDLERS: Handlers<State> =
    &[(&documents::LIST, State::documents), (&documents::FILE, State::document_file)];

/// A PDF of one empty page, which viewers open.
const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A connection keeps so many documents, the latest.
const KEPT: usize = 1000;

#[derive(Default)]
pub(super) struct Documents(VecDeque<Document>);

struct Document {
    id: String,
    job: String,
    fetched: SystemTime,
}

impl Documents {
    /// Adds one of this id, which this job has fetched.
    pub(super) fn fetch(&mut self, id: &str, job: &str, fetched: SystemTime) {
        self.0.push_back(Document { id: id.to_owned(), job: job.to_owned(), fetched });
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }
}

impl Document {
    fn show(&self) -> Value {
        object!({
            "document_id": self.id,
            "file_type": "pdf",
            "metadata": json!({}),
            "file_name": "invoice.pdf",
            "file_size": PDF.len(),
            "fetch_date": iso(self.fetched),
        })
    }
}

impl State {
    fn documents(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                access_token: String,
            }
        }

        let Body { access_token } = body(asked)?;
        let job = asked.query("job_guid").map(|job| guid("job_guid", job)).transpose()?;
        let job = job.map(|job| job.to_string());
        let Documents(documents) = &self.connection(&access_token)?.documents;
        let mut shown = documents
            .iter()
            .filter(|document| job.as_ref().is_none_or(|job| document.job == *job))
            .map(Document::show);
        ok(object!({ "documents": object::list(&mut shown) }))
    }

    fn document_file(&mut self, asked: &Asked<'_>) -> Step {
        body! {
            struct Body {
                access_token: String,
                document_id: String,
            }
        }

        let Body { access_token, document_id } = body(asked)?;
        let Documents(documents) = &self.connection(&access_token)?.documents;
        if documents.iter().any(|document| document.id == document_id) {
            // Deck's own SDKs ask for JSON and refuse a file under any other name.
            let accept = asked.header("accept");
            let takes_pdf = accept.is_empty() || accept.contains("*/*") || accept.contains("pdf");
            Ok(Reply::file(if takes_pdf { "application/pdf" } else { "application/json" }, PDF))
        } else {
            Err(refusal(ErrorCode::InvalidStatementId, "The connection has no such document"))
        }
    }
}
