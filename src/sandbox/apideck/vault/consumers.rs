//! The customers that the application has named.

use crate::apideck::vault::consumers;
use crate::sandbox::apideck::catalog::{self, Service};
use crate::sandbox::apideck::connection::{self, Record};
use crate::sandbox::apideck::pages::{filter, moment, page, page_size};
use crate::sandbox::apideck::{State, body, invalid, key, not_found, success, timestamp};
use crate::sandbox::body::body;
use crate::sandbox::exchange::{Asked, Handlers, Reply, Step};
use crate::sandbox::object::{self, object};
use serde_json::{Map, Value};

pub(in crate::sandbox::apideck) const HANDLERS: Handlers<State> = &[
    (&consumers::LIST, State::list_consumers),
    (&consumers::CREATE, State::create_consumer),
    (&consumers::GET, State::get_consumer),
    (&consumers::UPDATE, State::update_consumer),
    (&consumers::DELETE, State::delete_consumer),
    (&consumers::REQUEST_COUNTS, State::count_requests),
];

/// Counts are brought up to date each full hour, in milliseconds.
const HOUR: u64 = 60 * 60 * 1000;

/// What Vault shows of a consumer.
const METADATA: [&str; 4] = ["account_name", "user_name", "email", "image"];

#[derive(Default)]
pub(in crate::sandbox::apideck) struct Consumer {
    metadata: Map<String, Value>,
    /// Unix milliseconds.
    created: u64,
    modified: u64,
    /// How many requests were made in each hour, of those whose logs are no longer kept.
    forgotten: Vec<(u64, u64)>,
}

impl State {
    /// Lets a consumer come into being by being named.
    pub(in crate::sandbox::apideck) fn meet(&mut self, consumer: &str, now: u64) {
        if self.consumers.get(consumer).is_none() {
            self.consumers.put(consumer, Consumer { created: now, modified: now, ..Consumer::default() });
        }
    }

    /// Members that are given are set, the others stay.
    pub(in crate::sandbox::apideck) fn describe(
        &mut self,
        consumer: &str,
        metadata: Map<String, Value>,
        now: u64,
    ) -> Result<(), Reply> {
        let known = |(name, value): (String, Value)| match METADATA.contains(&name.as_str()) {
            true if value.is_string() => Some(Ok((name, value))),
            true => Some(Err(invalid(&format!("metadata.{name} is not a string")))),
            false => None,
        };
        let metadata: Vec<_> = metadata.into_iter().filter_map(known).collect::<Result<_, _>>()?;
        self.meet(consumer, now);
        if let Some(consumer) = self.consumers.get_mut(consumer) {
            consumer.metadata.extend(metadata);
            consumer.modified = now;
        }
        Ok(())
    }

    fn list_consumers(&mut self, asked: &Asked<'_>) -> Step {
        let (prefix, search) = (filter(asked, "consumer_id"), filter(asked, "search"));
        let fits = |id: &str, consumer: &Consumer| {
            let texts = ["email", "account_name", "user_name"];
            let texts = texts.iter().filter_map(|name| consumer.metadata.get(*name)?.as_str());
            prefix.is_none_or(|prefix| id.starts_with(prefix))
                && search.is_none_or(|search| texts.chain([id]).any(|text| text.contains(search)))
        };
        let found = self.consumers.follow(asked.query("cursor"), page_size(asked)?, &fits);
        page(asked, found, &|id, consumer| self.consumer_json(asked, id, consumer))
    }

    /// As being named does: one that is there gets the metadata.
    fn create_consumer(&mut self, asked: &Asked<'_>) -> Step {
        let Create { consumer_id, metadata } = body(asked)?;
        if consumer_id.is_empty() {
            return Err(invalid("consumer_id is empty"));
        }
        self.describe(&consumer_id, metadata.unwrap_or_default(), asked.now_millis())?;
        self.whole_consumer(asked, &consumer_id)
    }

    fn get_consumer(&mut self, asked: &Asked<'_>) -> Step {
        self.whole_consumer(asked, asked.id("consumer_id")?)
    }

    fn update_consumer(&mut self, asked: &Asked<'_>) -> Step {
        let (id, Update { metadata }) = (asked.id("consumer_id")?, body(asked)?);
        self.consumers.get(id).ok_or_else(|| unknown(id))?;
        self.describe(id, metadata.unwrap_or_default(), asked.now_millis())?;
        self.whole_consumer(asked, id)
    }

    fn delete_consumer(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("consumer_id")?;
        self.consumers.delete(id).ok_or_else(|| unknown(id))?;
        self.records.retain(&|_, record| record.consumer != id);
        self.mappings.retain(&|_, mapping| mapping.consumer != id);
        Ok(success(object!({ "consumer_id": id })))
    }

    fn count_requests(&mut self, asked: &Asked<'_>) -> Step {
        let id = asked.id("consumer_id")?;
        self.consumers.get(id).ok_or_else(|| unknown(id))?;
        let text = |name| asked.query(name).ok_or_else(|| invalid(&format!("{name} is missing")));
        let (start, end) = (text("start_datetime")?, text("end_datetime")?);
        let range = moment("start_datetime", start)?..=moment("end_datetime", end)?;
        let counts = self.counts(id, &|at| i64::try_from(at).is_ok_and(|at| range.contains(&at)));
        let shown = object!({
            "application_id": self.credentials.app_id,
            "consumer_id": id,
            "start_datetime": start,
            "end_datetime": end,
        });
        Ok(success(with(shown, counts)))
    }

    fn whole_consumer(&self, asked: &Asked<'_>, id: &str) -> Step {
        let consumer = self.consumers.get(id).ok_or_else(|| unknown(id))?;
        let (now, application) = (asked.now_millis(), &self.credentials.app_id);
        let connections: Vec<_> = self
            .connections_of(id)
            .into_iter()
            .map(|(service, record)| consumer_connection(application, id, service, Some(record), now))
            .collect();
        let shown = self.consumer_json(asked, id, consumer);
        Ok(success(with(shown, object!({ "connections": connections }))))
    }

    fn consumer_json(&self, asked: &Asked<'_>, id: &str, consumer: &Consumer) -> Value {
        let mut services: Vec<_> = self.connections_of(id).iter().map(|(service, _)| service.id).collect();
        services.sort_unstable();
        services.dedup();
        let hour = asked.now_millis() / HOUR * HOUR;
        let shown = object!({
            "consumer_id": id,
            "application_id": self.credentials.app_id,
            "metadata": consumer.metadata,
            "services": services,
            "request_count_updated": timestamp(hour),
            "created": timestamp(consumer.created),
            "modified": timestamp(consumer.modified),
        });
        with(shown, self.counts(id, &|at| at < hour))
    }

    /// In a fixed order.
    fn connections_of(&self, consumer: &str) -> Vec<(&'static Service, &Record)> {
        let of_consumer =
            |service: &'static Service| Some((service, self.records.get(&key(consumer, service))?));
        catalog::SERVICES.iter().filter_map(of_consumer).collect()
    }

    /// A request counts also when its log is no longer kept, as one at the full hour then.
    pub(in crate::sandbox::apideck) fn count_forgotten(&mut self, consumer: &str, at: u64) {
        if let Some(consumer) = self.consumers.get_mut(consumer) {
            match consumer.forgotten.last_mut() {
                Some((hour, count)) if *hour == at / HOUR => *count += 1,
                _ => consumer.forgotten.push((at / HOUR, 1)),
            }
        }
    }

    /// The requests for the consumer at these times. All that the sandbox carries out are Vault's.
    fn counts(&self, consumer: &str, at: &dyn Fn(u64) -> bool) -> Value {
        let mut count = self.logs.filter(&|_, log| log.consumer == consumer && at(log.at)).len() as u64;
        for (hour, requests) in self.consumers.get(consumer).map_or(&[][..], |consumer| &consumer.forgotten) {
            count += if at(hour * HOUR) { *requests } else { 0 };
        }
        object!({
            "aggregated_request_count": count,
            "request_counts": object!({ "unify": 0, "proxy": 0, "vault": count }),
        })
    }
}

/// Both objects' members.
fn with(mut value: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut value, more) {
        members.extend(more);
    }
    value
}

fn unknown(id: &str) -> Reply {
    not_found("EntityNotFoundError", "consumer", id)
}

/// The connection in the short form that consumers and events have.
pub(in crate::sandbox::apideck) fn consumer_connection(
    application: &str,
    consumer: &str,
    service: &'static Service,
    record: Option<&Record>,
    now: u64,
) -> Value {
    const MEMBERS: [&str; 13] = [
        "service_id",
        "unified_api",
        "name",
        "tag_line",
        "website",
        "icon",
        "logo",
        "auth_type",
        "enabled",
        "state",
        "health",
        "settings",
        "metadata",
    ];
    let mut shown = connection::show(service, record, now, &|_| None);
    if let Value::Object(members) = &mut shown {
        object::retain(members, &|name, _| MEMBERS.contains(&name));
    }
    let more = object!({
        "id": format!("{application}+{consumer}"),
        "consumer_id": consumer,
        "created_at": record.map(|record| timestamp(record.created_at)),
        "updated_at": record.map(|record| timestamp(record.updated_at)),
        "credentials_expire_at":
            record.and_then(|record| record.credentials_expire_at(now)).map(timestamp),
        "last_refresh_failed_at": record.and_then(|record| record.refresh_failed_at(now)).map(timestamp),
    });
    with(shown, more)
}

body! {
    struct Create {
        consumer_id: String,
        metadata: Option<Map<String, Value>>,
    }
}

body! {
    struct Update {
        metadata: Option<Map<String, Value>>,
    }
}
