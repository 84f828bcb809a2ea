//! Resources as Deck keeps them: an id, the members they were made with, and two dates.

use super::{invalid, iso, ok, refusal};
use crate::sandbox::body::Body;
use crate::sandbox::exchange::{Asked, Reply, Step};
use crate::sandbox::object::object;
use crate::sandbox::random::Random;
use crate::sandbox::store::Store;
use http::StatusCode;
use serde_json::{Map, Value};
use std::time::SystemTime;

/// A resource as it is answered.
pub(super) type Resource = Map<String, Value>;

/// A member that is text; empty where it is none.
pub(super) fn text<'a>(resource: &'a Resource, name: &str) -> &'a str {
    resource.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What no update changes.
const FIXED: [&str; 5] = ["id", "object", "created_at", "updated_at", "request_id"];

/// All resources of one kind.
pub(super) struct Kept {
    object: &'static str,
    prefix: &'static str,
    pub(super) items: Store<Resource>,
}

impl Kept {
    pub(super) fn new(object: &'static str, prefix: &'static str) -> Self {
        Self { object, prefix, items: Store::default() }
    }

    /// Adds a resource with these members, and gives it.
    pub(super) fn add(&mut self, asked: &Asked<'_>, members: Resource) -> Resource {
        let id = new_id(self.prefix, asked.random);
        self.add_as(&id, asked.now, members)
    }

    /// The same, with an id that was chosen before.
    pub(super) fn add_as(&mut self, id: &str, now: SystemTime, members: Resource) -> Resource {
        let mut resource = Resource::new();
        resource.insert("id".to_owned(), id.into());
        resource.insert("object".to_owned(), self.object.into());
        resource.extend(members);
        resource.insert("created_at".to_owned(), iso(now).into());
        resource.insert("updated_at".to_owned(), iso(now).into());
        self.items.put(id, resource.clone());
        resource
    }

    pub(super) fn get(&self, id: &str) -> Result<&Resource, Reply> {
        self.items.get(id).ok_or_else(|| self.unknown())
    }

    /// Changes some members of a resource, and gives it.
    pub(super) fn set(&mut self, id: &str, now: SystemTime, members: Resource) -> Result<Resource, Reply> {
        let unknown = self.unknown();
        let resource = self.items.get_mut(id).ok_or(unknown)?;
        resource.extend(members);
        resource.insert("updated_at".to_owned(), iso(now).into());
        Ok(resource.clone())
    }

    /// What a PATCH makes of the resource, which has to read as a `T`. What `T` does not know is kept as it is.
    pub(super) fn patched<T: Body>(&self, id: &str, asked: &Asked<'_>) -> Result<Resource, Reply> {
        let mut changed = self.get(id)?.clone();
        let changes: Resource = body(asked)?;
        if let Some(fixed) = FIXED.iter().find(|name| changes.contains_key(**name)) {
            return Err(invalid(&format!("{fixed} cannot be changed")));
        }
        changed.extend(changes);
        read::<T>(changed.clone())?;
        Ok(changed)
    }

    /// The same, and keeps it.
    pub(super) fn patch<T: Body>(&mut self, id: &str, asked: &Asked<'_>) -> Result<Resource, Reply> {
        let changed = self.patched::<T>(id, asked)?;
        self.set(id, asked.now, changed)
    }

    pub(super) fn delete(&mut self, id: &str) -> Result<Resource, Reply> {
        let unknown = self.unknown();
        self.items.delete(id).ok_or(unknown)
    }

    /// A page of those that the filter lets through.
    pub(super) fn page(&self, asked: &Asked<'_>, filter: &dyn Fn(&Resource) -> bool) -> Step {
        page(&self.items, asked, filter)
    }

    fn unknown(&self) -> Reply {
        let code = format!("{}_not_found", self.object);
        refusal(StatusCode::NOT_FOUND, "request", &code, &format!("There is no such {}", self.object))
    }
}

/// An id as Deck makes them: a prefix, and 16 letters and digits.
pub(super) fn new_id(prefix: &str, random: &Random) -> String {
    let letters = random.uuid().simple().to_string();
    format!("{prefix}{}", letters.get(..16).unwrap_or_default())
}

/// A page of what is kept in this store.
pub(super) fn page(items: &Store<Resource>, asked: &Asked<'_>, filter: &dyn Fn(&Resource) -> bool) -> Step {
    let limit = match asked.query("limit").map(str::parse) {
        None => 20,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => return Err(invalid("limit is not a number from 1 to 100")),
    };
    let found = items.follow(asked.query("cursor"), limit, &|_, resource| filter(resource));
    let found = found.ok_or_else(|| invalid("cursor is none of Deck's"))?;
    let data: Vec<_> = found.items.iter().map(|(_, resource)| resource).collect();
    ok(object!({ "data": data, "has_more": found.next.is_some(), "next_cursor": found.next }))
}

/// Whether the resource's member is among the values that the query asks for, if it asks for any.
pub(super) fn asks_for(asked: &Asked<'_>, parameter: &str, resource: &Resource, member: &str) -> bool {
    let mut values = asked.query.iter().filter(|(name, _)| name == parameter).peekable();
    let held = resource.get(member).and_then(Value::as_str);
    values.peek().is_none() || values.any(|(_, value)| held == Some(value))
}

pub(super) fn body<T: Body>(asked: &Asked<'_>) -> Result<T, Reply> {
    asked.json().map_err(not_valid)
}

/// The members of a body that reads as a `T` and has nothing beside. What was not sent is there as `T` has it.
pub(super) fn members<T: Body>(asked: &Asked<'_>) -> Result<Resource, Reply> {
    let sent: Resource = body(asked)?;
    read::<T>(sent.clone())?;
    match sent.keys().find(|name| !T::KEYS.contains(&name.as_str())) {
        Some(name) => Err(invalid(&format!("{name} is no member of this request"))),
        None => Ok(with_all(sent, T::KEYS)),
    }
}

/// The resource with all of these members, null where they are absent.
pub(super) fn with_all(mut resource: Resource, names: &[&str]) -> Resource {
    for name in names {
        resource.entry(*name).or_insert(Value::Null);
    }
    resource
}

pub(super) fn read<T: Body>(members: Resource) -> Result<T, Reply> {
    T::of(members).map_err(not_valid)
}

fn not_valid(error: serde_json::Error) -> Reply {
    invalid(&format!("The request body is not valid: {error}"))
}

/// The members of a JSON object; none of anything else.
pub(super) fn resource(json: Value) -> Resource {
    match json {
        Value::Object(members) => members,
        _ => Resource::new(),
    }
}
