//! Reads a client's settings from the environment, and only when asked to.

use crate::Error;
use std::ffi::OsString;

/// Where variables are looked up: the environment, or what a test puts in its place.
pub(crate) struct Variables<'a> {
    look_up: &'a dyn Fn(&str) -> Option<OsString>,
}

impl<'a> Variables<'a> {
    pub(crate) fn new(look_up: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Self { look_up }
    }

    /// The variable's text; `None` when it is unset or empty.
    pub(crate) fn get(&self, name: &str) -> Result<Option<String>, Error> {
        match (self.look_up)(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some(Err(_)) => Err(Error::config(format!("the variable {name} is not UTF-8"))),
        }
    }

    /// The first of these that is set, with its text; `None` too where that is empty.
    pub(crate) fn first(&self, names: [&'static str; 2]) -> Result<Option<(&'static str, String)>, Error> {
        let Some(name) = names.into_iter().find(|name| self.is_set(name)) else { return Ok(None) };
        Ok(self.get(name)?.map(|text| (name, text)))
    }

    /// Whether it is there, be it empty.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        (self.look_up)(name).is_some()
    }

    /// Whether any of these is set.
    pub(crate) fn any(&self, names: &[&str]) -> Result<bool, Error> {
        names.iter().try_fold(false, |found, name| Ok(found || self.get(name)?.is_some()))
    }

    /// The variable's text, without which its vendor cannot be set up.
    pub(crate) fn require(&self, name: &str) -> Result<String, Error> {
        self.get(name)?.ok_or_else(|| Error::config(format!("the variable {name} is not set")))
    }
}
