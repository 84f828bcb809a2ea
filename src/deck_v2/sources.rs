//! The portals that tasks work at: `client.deck_v2().sources()`.

use super::{ListOptions, Page, SourceId};
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{model, open_enum, request, setters};
use crate::{Call, JsonMap, Patch, Timestamp};
use std::sync::Arc;

/// The operations on sources.
#[derive(Clone, Debug)]
pub struct Sources {
    engine: Arc<Engine>,
}

operations! { DeckV2, "deck_v2.sources";
    /// Deck keeps a success for 24 hours
    CREATE = "create": POST "/sources", Keyed;
    /// changes nothing
    LIST = "list": GET "/sources", Read;
    /// changes nothing
    GET = "get": GET "/sources/{source_id}", Read;
    /// Deck keeps a success for 24 hours
    UPDATE = "update": PATCH "/sources/{source_id}", Keyed;
    /// Deck keeps a success for 24 hours
    DELETE = "delete": DELETE "/sources/{source_id}", Keyed;
}

impl Sources {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Creates a source from the address of a website.
    ///
    /// Deck may normalise the address.
    ///
    /// Source: <https://docs.deck.co/api-reference/sources/create-a-source>.
    #[inline]
    pub fn create(&self, body: &CreateSource) -> Call<Source> {
        self.engine.call(&CREATE).json(body).returns()
    }

    /// Lists your sources, a page at a time.
    ///
    /// Source: <https://docs.deck.co/api/pagination>.
    #[inline]
    pub fn list(&self, query: &ListOptions) -> Call<Page<Source>> {
        self.engine.call(&LIST).query(query).returns_with_unread::<Page<Source>, _>()
    }

    /// Returns one source.
    ///
    /// # Errors
    /// `NotFound` for a source that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/api-reference/sources/retrieve-a-source>.
    #[inline]
    pub fn get(&self, source: impl Into<SourceId>) -> Call<Source> {
        self.engine.call(&GET).path(source.into()).returns()
    }

    /// Changes a source's name and address.
    ///
    /// Its body is guessed: it has the members of [`create`](Self::create), and [`UpdateSource::more`] for others.
    ///
    /// Source: <https://docs.deck.co/api-reference/sources/create-a-source>.
    #[inline]
    pub fn update(&self, source: impl Into<SourceId>, body: &UpdateSource) -> Call<Source> {
        self.engine.call(&UPDATE).path(source.into()).json(body).returns()
    }

    /// Deletes a source.
    ///
    /// Deck's page of it has not been seen; that the operation exists is known from others.
    ///
    /// # Errors
    /// `NotFound` for a source that Deck does not know.
    ///
    /// Source: <https://docs.deck.co/events/events-reference>.
    #[inline]
    pub fn delete(&self, source: impl Into<SourceId>) -> Call<()> {
        self.engine.call(&DELETE).path(source.into()).returns_nothing()
    }
}

request! {
    /// A source to create.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CreateSource {
        /// What kind of source it is.
        pub kind: SourceType = "type",
        /// The website, of a source that is one.
        pub website: Option<Website>,
        /// Its name.
        pub name: Option<String>,
    }
}

impl CreateSource {
    /// The website at this address.
    pub fn website(url: impl Into<String>) -> Self {
        Self { kind: SourceType::Website, website: Some(Website::new(url)), name: None }
    }

    setters! {
        name: Option<String>,
    }
}

request! {
    /// What to change of a source. All of it is guessed.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct UpdateSource {
        /// Its name.
        pub name: Patch<String>,
        /// The website.
        pub website: Option<Website>,
        /// Other members, should Deck's names differ.
        pub more: JsonMap as More,
    }
}

impl UpdateSource {
    /// No change.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        name: Patch<String>,
        website: Option<Website>,
        more: JsonMap,
    }
}

model! {
    /// A portal that tasks work at.
    ///
    /// Source: <https://docs.deck.co/api-reference/sources/retrieve-a-source>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Source {
        /// The source's id.
        pub id: SourceId,
        /// What kind of resource it is: `source`.
        pub object: Option<String>,
        /// Its name.
        pub name: Option<String>,
        /// What kind of source it is.
        pub kind: Option<SourceType> = "type",
        /// The website, of a source that is one.
        pub website: Option<Website>,
        /// When it was created.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
        /// The id of the request, for Deck's support; not of a source in a list.
        pub request_id: Option<String>,
    }
}

request! {
    /// Where a website is.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    read pub struct Website {
        /// Its address.
        pub url: Option<String>,
    }
}

impl Website {
    /// The website at this address.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()) }
    }
}

open_enum! {
    /// What kind of source it is.
    pub enum SourceType {
        /// A website.
        Website = "website",
    }
}
