//! Your customers as Vault knows them: `client.apideck().vault().consumers()`.

use super::connections::{AuthType, ConnectionHealth, ConnectionState};
use crate::apideck::{Apideck, AppId, ConsumerId, Envelope, ServiceId, UnifiedApi};
use crate::operation::operations;
use crate::types::{model, request, setters};
use crate::{Call, JsonMap, Timestamp};

/// The operations on consumers.
#[derive(Clone, Debug)]
pub struct Consumers {
    apideck: Apideck,
}

operations! { Apideck, "apideck.vault.consumers";
    /// changes nothing
    LIST = "list": GET "/vault/consumers", Read, sdk "vault.consumers.list";
    /// Apideck does not say what a second call does
    CREATE = "create": POST "/vault/consumers", Once, sdk "vault.consumers.create";
    /// changes nothing
    GET = "get": GET "/vault/consumers/{consumer_id}", Read, sdk "vault.consumers.get";
    /// sets members
    UPDATE = "update": PATCH "/vault/consumers/{consumer_id}", Idempotent, sdk "vault.consumers.update";
    /// gone twice is gone
    DELETE = "delete": DELETE "/vault/consumers/{consumer_id}", Idempotent, sdk "vault.consumers.delete";
    /// changes nothing
    REQUEST_COUNTS = "request_counts": GET "/vault/consumers/{consumer_id}/stats", Read, sdk "vault.consumer_request_counts.list";
}

impl Consumers {
    pub(super) fn new(apideck: Apideck) -> Self {
        Self { apideck }
    }

    /// Lists the application's consumers, page by page.
    ///
    /// [`pages`](Call::pages) walks all of them. They come without their connections, which [`get`](Self::get) has.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/consumersAll>.
    #[doc(alias = "consumersAll")]
    #[inline]
    pub fn list(&self, query: &ListConsumers) -> Call<Envelope<Vec<Consumer>>> {
        self.apideck.call(&LIST).query(query).returns_list()
    }

    /// Creates a consumer and returns it.
    ///
    /// Rarely needed: a consumer comes into being with the first call or session that names it. Never repeated after a
    /// lost answer; [`get`](Self::get) tells whether the consumer is there.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/consumersAdd>.
    #[doc(alias = "consumersAdd")]
    #[inline]
    pub fn create(&self, body: &CreateConsumer) -> Call<Envelope<Consumer>> {
        self.apideck.call(&CREATE).json(body).returns_one()
    }

    /// Returns one consumer with its connections and how many requests were made for it.
    ///
    /// # Errors
    /// `NotFound` for a consumer that no call has named yet.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/consumersOne>.
    #[doc(alias = "consumersOne")]
    #[inline]
    pub fn get(&self, consumer: impl Into<ConsumerId>) -> Call<Envelope<Consumer>> {
        self.apideck.call(&GET).path(consumer.into()).returns_one()
    }

    /// Changes what Vault shows of a consumer, and returns the consumer.
    ///
    /// # Errors
    /// `NotFound` for a consumer that no call has named yet.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/consumersUpdate>.
    #[doc(alias = "consumersUpdate")]
    #[inline]
    pub fn update(&self, consumer: impl Into<ConsumerId>, body: &UpdateConsumer) -> Call<Envelope<Consumer>> {
        self.apideck.call(&UPDATE).path(consumer.into()).json(body).returns_one()
    }

    /// Deletes a consumer with all connections and their credentials.
    ///
    /// The next call that names the consumer makes a new one.
    ///
    /// # Errors
    /// `NotFound` for a consumer that does not exist. After a lost answer that may be the trace of a first attempt that
    /// did its work: [`outcome`](crate::Error::outcome) is then `Unknown`.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/consumersDelete>.
    #[doc(alias = "consumersDelete")]
    #[inline]
    pub fn delete(&self, consumer: impl Into<ConsumerId>) -> Call<()> {
        self.apideck.call(&DELETE).path(consumer.into()).returns_nothing()
    }

    /// Counts the requests that were made for a consumer in a range of time.
    ///
    /// Both ends are in ISO 8601, such as `2026-05-01T00:00:00.000Z`.
    ///
    /// Source: <https://developers.apideck.com/apis/vault/reference#operation/consumerRequestCountsAll>.
    #[doc(alias = "list")]
    #[doc(alias = "consumerRequestCountsAll")]
    #[inline]
    pub fn request_counts(
        &self,
        consumer: impl Into<ConsumerId>,
        start: impl Into<Timestamp>,
        end: impl Into<Timestamp>,
    ) -> Call<Envelope<RequestCountsInRange>> {
        let range = Range { start_datetime: start.into(), end_datetime: end.into() };
        self.apideck.call(&REQUEST_COUNTS).path(consumer.into()).query(&range).returns_one()
    }
}

request! {
    struct Range {
        start_datetime: Timestamp,
        end_datetime: Timestamp,
    }
}

request! {
    /// Which consumers to list; all of them by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    #[doc(alias = "ConsumersFilter")]
    pub struct ListConsumers {
        /// Only those whose id begins with this.
        pub consumer_id: Option<String> = "filter[consumer_id]",
        /// Only those with this text in the id, email, account name or user name.
        pub search: Option<String> = "filter[search]",
        /// Where to begin: the cursor of a page. The first page where it is not set.
        pub cursor: Option<String>,
        /// How many consumers a page holds: 20 where it is not set, 200 at most.
        pub limit: Option<u32>,
    }
}

impl ListConsumers {
    /// All consumers.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        consumer_id: Option<String>,
        search: Option<String>,
        cursor: Option<String>,
        limit: Option<u32>,
    }
}

request! {
    /// A consumer to create.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct CreateConsumer {
        /// The id that you choose, such as your own id of the customer.
        pub consumer_id: ConsumerId,
        /// What Vault shows of the consumer.
        pub metadata: Option<ConsumerMetadata>,
    }
}

impl CreateConsumer {
    /// A consumer with this id.
    pub fn new(consumer_id: impl Into<ConsumerId>) -> Self {
        Self { consumer_id: consumer_id.into(), metadata: None }
    }

    setters! {
        metadata: Option<ConsumerMetadata>,
    }
}

request! {
    /// What to change of a consumer; nothing by default.
    #[derive(Clone, Debug, Default)]
    #[non_exhaustive]
    pub struct UpdateConsumer {
        /// What Vault shows of the consumer.
        pub metadata: Option<ConsumerMetadata>,
    }
}

impl UpdateConsumer {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        metadata: Option<ConsumerMetadata>,
    }
}

request! {
    /// What Vault shows of a consumer in its sidebar.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    read pub struct ConsumerMetadata {
        /// The name of the customer's company.
        pub account_name: Option<String>,
        /// The name of the person.
        pub user_name: Option<String>,
        /// The person's email.
        pub email: Option<String>,
        /// The URL of a picture of the person.
        pub image: Option<String>,
    }
}

impl ConsumerMetadata {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        account_name: Option<String>,
        user_name: Option<String>,
        email: Option<String>,
        image: Option<String>,
    }
}

model! {
    /// A consumer: one of your customers.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Consumer {
        /// The consumer's id, which you chose.
        pub consumer_id: ConsumerId,
        /// The application that it belongs to.
        pub application_id: Option<AppId>,
        /// What Vault shows of it.
        pub metadata: Option<ConsumerMetadata>,
        /// Its connections; empty in a list of consumers.
        pub connections: Vec<ConsumerConnection>,
        /// The services that it has connected.
        pub services: Vec<ServiceId>,
        /// How many requests were made for it, of all kinds.
        pub aggregated_request_count: Option<i64> as WholeNumber,
        /// The same by kind.
        pub request_counts: Option<RequestCounts>,
        /// When the counts were last brought up to date.
        pub request_count_updated: Option<Timestamp>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub modified: Option<Timestamp>,
    }
}

model! {
    /// How many requests were made, by kind.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    #[doc(alias = "RequestCountAllocation")]
    pub struct RequestCounts {
        /// To unified APIs.
        pub unify: Option<i64> as WholeNumber,
        /// Passed through to services as they are.
        pub proxy: Option<i64> as WholeNumber,
        /// To Vault.
        pub vault: Option<i64> as WholeNumber,
    }
}

model! {
    /// How many requests were made for a consumer in a range of time.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    #[doc(alias = "ConsumerRequestCountsInDateRange")]
    pub struct RequestCountsInRange {
        /// The consumer.
        pub consumer_id: Option<ConsumerId>,
        /// The application that it belongs to.
        pub application_id: Option<AppId>,
        /// Where the range begins.
        pub start_datetime: Option<Timestamp>,
        /// Where it ends.
        pub end_datetime: Option<Timestamp>,
        /// How many requests there were, of all kinds.
        pub aggregated_request_count: Option<i64> as WholeNumber,
        /// The same by kind.
        pub request_counts: Option<RequestCounts>,
    }
}

model! {
    /// A connection as its consumer has it: shorter than a [`Connection`](super::connections::Connection).
    ///
    /// Moments are text here and milliseconds there.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ConsumerConnection {
        /// The connection's id. It is not the id that a `Connection` has.
        pub id: Option<String>,
        /// The consumer.
        pub consumer_id: Option<ConsumerId>,
        /// The service.
        pub service_id: Option<ServiceId>,
        /// The unified API through which it is called.
        pub unified_api: Option<UnifiedApi>,
        /// The service's name.
        pub name: Option<String>,
        /// The service in a sentence.
        pub tag_line: Option<String>,
        /// The service's website.
        pub website: Option<String>,
        /// An image for lists.
        pub icon: Option<String>,
        /// The service's logo.
        pub logo: Option<String>,
        /// How the consumer authorizes.
        pub auth_type: Option<AuthType>,
        /// Whether calls may go through the connection.
        pub enabled: Option<bool>,
        /// How far the connection has come.
        pub state: Option<ConnectionState>,
        /// Whether the connection works.
        pub health: Option<ConnectionHealth>,
        /// Values for the form fields, by field id. Not serialised: a customer's keys may be among them.
        pub settings: Option<JsonMap> as Hidden,
        /// Your own data about the connection; `company_id` is Apideck's.
        pub metadata: Option<JsonMap>,
        /// When the credentials will be deleted if refreshing keeps failing.
        pub credentials_expire_at: Option<Timestamp>,
        /// When refreshing the token failed last.
        pub last_refresh_failed_at: Option<Timestamp>,
        /// When the connection was added.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
    }
}
