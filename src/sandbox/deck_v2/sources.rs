//! Sources: websites.

use super::kept::{Resource, members, read, resource};
use super::{State, created, deleted, invalid, ok};
use crate::deck_v2::sources;
use crate::sandbox::body::{body, read_by_serde};
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::object;
use serde::Deserialize;
use std::time::SystemTime;

pub(super) const HANDLERS: Handlers<State> = &[
    (&sources::CREATE, State::create_source),
    (&sources::LIST, State::list_sources),
    (&sources::GET, State::get_source),
    (&sources::UPDATE, State::update_source),
    (&sources::DELETE, State::delete_source),
];

body! {
    #[expect(dead_code, reason = "some of it is only checked")]
    struct Body {
        kind: Kind = "type",
        website: Website,
        name: Option<String>,
        ..
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Website,
}

read_by_serde! { Kind }

body! {
    struct Website {
        url: String,
    }
}

/// The members with the address as Deck keeps it.
fn normalised(members: Resource) -> Result<Resource, Reply> {
    let Body { website, .. } = read(members.clone())?;
    let url = url::Url::parse(&website.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| invalid("website.url is no address of a website"))?;
    let mut members = members;
    members.insert("website".to_owned(), object!({ "url": url.as_str() }));
    Ok(members)
}

impl State {
    fn create_source(&mut self, asked: &Asked<'_>) -> Step {
        let source = self.sources.add(asked, normalised(members::<Body>(asked)?)?);
        self.tell("source.created", &source, asked.now);
        created(source)
    }

    /// A website that is called after its host.
    pub(super) fn add_source(&mut self, id: &str, url: &str, now: SystemTime) {
        let name = url.trim_start_matches("https://");
        let members = object!({ "type": "website", "name": name, "website": object!({ "url": url }) });
        let source = self.sources.add_as(id, now, resource(members));
        self.tell("source.created", &source, now);
    }

    fn list_sources(&mut self, asked: &Asked<'_>) -> Step {
        self.sources.page(asked, &|_| true)
    }

    fn get_source(&mut self, asked: &Asked<'_>) -> Step {
        ok(self.sources.get(asked.id("source_id")?)?.clone())
    }

    fn update_source(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("source_id")?;
        let changed = normalised(self.sources.patched::<Body>(id, asked)?)?;
        let source = self.sources.set(id, asked.now, changed)?;
        self.tell("source.updated", &source, asked.now);
        ok(source)
    }

    fn delete_source(&mut self, asked: &Asked<'_>) -> Step {
        let source = self.sources.delete(asked.id("source_id")?)?;
        self.tell("source.deleted", &source, asked.now);
        ok(deleted(&source))
    }
}
