//! Files: stored by a run whose task says so, read over a link that lasts a quarter of an hour.

use super::clock::seconds;
use super::kept::{Resource, resource, text};
use super::task_runs::{example, is_active};
use super::{State, iso, ok};
use crate::deck_v2::storage;
use crate::sandbox::body::body;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::jwt;
use crate::sandbox::object::{self, object};
use http::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use url::form_urlencoded;

pub(super) const HANDLERS: Handlers<State> = &[(&storage::GET, State::get_storage_item)];

const LASTS: Duration = seconds(15 * 60);

const STATEMENT: &str = "date,description,amount\n2026-10-01,Energy,42.10\n2026-10-01,Delivery,12.50\n";

/// One gray dot.
const SCREENSHOT: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\xdach\
    \0\0\0\x82\0\x81\xdaE\x08;\0\0\0\0IEND\xaeB`\x82";

impl State {
    fn get_storage_item(&mut self, asked: &Asked<'_>) -> Step {
        let item = self.storage.get(asked.id("storage_id")?)?;
        ok(self.with_link(item, asked))
    }

    /// The run's files, as the answer has them.
    pub(super) fn storage_of(&self, run: &str, asked: &Asked<'_>) -> Value {
        let items = self.storage.items.filter(&|_, item| text(item, "task_run_id") == run);
        object::list(&mut items.into_iter().map(|(_, item)| self.with_link(item, asked).into()))
    }

    /// One screenshot of each run that has ended.
    pub(super) fn artifacts_of(&self, run: &Resource, asked: &Asked<'_>) -> Value {
        let screenshot = object!({
            "file_name": "end.png",
            "file_type": "image/png",
            "file_size": SCREENSHOT.len(),
            "created_at": run.get("updated_at"),
            "url": self.link(&format!("{}.png", text(run, "id")), asked),
            "reasoning": "The work is done",
        });
        object!({ "screenshots": if is_active(run) { json!([]) } else { json!([screenshot]) } })
    }

    /// Stores the file of a run, where its task says so. Its id follows from the run's: looking draws nothing.
    pub(super) fn store_file(&mut self, run: &str, task: &str, at: SystemTime) {
        let settings = self.tasks.get(task).ok().and_then(|task| task.get("storage")).unwrap_or(&Value::Null);
        if settings["enabled"] != true {
            return;
        }
        let extracts = settings["extraction"] == true;
        let members = object!({
            "file_name": "statement.csv",
            "file_type": "text/csv",
            "file_size": STATEMENT.len(),
            "metadata": json!({}),
            "extraction": if extracts { example(&settings["extraction_schema"]) } else { Value::Null },
            "task_run_id": run,
            "result": if extracts { json!("success") } else { Value::Null },
        });
        let id = format!("stor_{}", run.trim_start_matches("trun_"));
        self.storage.add_as(&id, at, resource(members));
        if let Some(item) = self.storage.items.get_mut(&id) {
            item.remove("updated_at");
            let item = item.clone();
            self.tell("storage.created", &item, at);
        }
    }

    fn with_link(&self, item: &Resource, asked: &Asked<'_>) -> Resource {
        let mut item = item.clone();
        let link = self.link(&format!("{}.csv", text(&item, "id")), asked);
        item.insert("url".to_owned(), link.into());
        item
    }

    fn link(&self, file: &str, asked: &Asked<'_>) -> Option<String> {
        let claims = object!({ "file": file, "until": iso(asked.now + LASTS) });
        let token = jwt::sign(&claims, self.file_secret?);
        Some(format!("{}/files/{file}?token={token}", asked.base_url))
    }

    /// What a link leads to: no key is asked for, only the signature.
    pub(in crate::sandbox) fn file(&self, path: &str, query: &str, now: SystemTime) -> Option<Reply> {
        body! {
            struct Claims {
                file: String,
                until: String,
                ..
            }
        }

        let file = path.strip_prefix("/files/")?;
        let token = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
        let claims: Option<Claims> = token.and_then(|(_, token)| jwt::read(&token, self.file_secret?));
        if !claims.is_some_and(|claims| claims.file == file && iso(now) <= claims.until) {
            return Some(Reply::empty(StatusCode::FORBIDDEN));
        }
        Some(match file.ends_with(".png") {
            true => Reply::file("image/png", SCREENSHOT),
            false => Reply::file("text/csv", STATEMENT),
        })
    }
}
