use crate::engine::ErrorView;
use crate::types::lenient;
use crate::{JsonMap, OtherJson};
use serde::Deserialize;
use serde_json::Value;
use std::{fmt, time::Duration};

/// The body of Apideck's refusals and failures.
///
/// `Debug` leaves the texts out, because they may echo what was sent.
///
/// Source: <https://developers.apideck.com/errors>.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct ErrorBody {
    /// The status as the body has it; for `ConnectorExecutionError` the connected service's.
    #[serde(default, deserialize_with = "lenient")]
    pub status_code: Option<i64>,
    /// The status in words, such as `Bad Request`.
    #[serde(default, deserialize_with = "lenient")]
    pub error: Option<String>,
    /// The type of the error, such as `RequestValidationError`: match on this.
    #[serde(default, deserialize_with = "lenient")]
    pub type_name: Option<String>,
    /// What went wrong.
    #[serde(default, deserialize_with = "lenient")]
    pub message: Option<String>,
    /// What it is about.
    pub detail: Option<ErrorDetail>,
    /// Where Apideck documents the type.
    #[serde(rename = "ref", default, deserialize_with = "lenient")]
    pub reference: Option<String>,
    /// What the connected service says, for `ConnectorExecutionError`; absent otherwise.
    #[serde(default, deserialize_with = "lenient")]
    pub downstream_errors: Option<Vec<DownstreamError>>,
}

impl ErrorBody {
    /// How long a failed token refresh has to wait before the next try.
    pub fn cooldown(&self) -> Option<Duration> {
        let Some(ErrorDetail::Object(detail)) = &self.detail else { return None };
        let millis = detail.get("debug")?.get("cooldown_remaining_ms")?.as_f64()?;
        Duration::try_from_secs_f64(millis / 1000.0).ok()
    }
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorBody")
            .field("status_code", &self.status_code)
            .field("type_name", &self.type_name)
            .finish_non_exhaustive()
    }
}

/// What an error is about: a sentence for most, an object for some.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorDetail {
    /// A sentence.
    Text(String),
    /// Members by type of error, such as `missing` or `not_found`.
    Object(JsonMap),
    /// Anything else.
    Other(OtherJson),
}

impl ErrorDetail {
    /// The sentence, or the JSON on one line.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Object(members) => Value::Object(members.clone().into_inner()).to_string(),
            Self::Other(other) => other.as_json().to_string(),
        }
    }
}

impl<'de> Deserialize<'de> for ErrorDetail {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Self::Text(text),
            Value::Object(members) => Self::Object(members.into()),
            other => Self::Other(other.into()),
        })
    }
}

impl fmt::Debug for ErrorDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Object(_) => "Object(..)",
            Self::Other(_) => "Other(..)",
        })
    }
}

/// An error of the connected service.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct DownstreamError {
    /// Its words.
    #[serde(default, deserialize_with = "lenient")]
    pub message: Option<String>,
    /// More of them.
    #[serde(default, deserialize_with = "lenient")]
    pub detail: Option<String>,
    /// Its code.
    #[serde(default, deserialize_with = "lenient")]
    pub code: Option<String>,
}

impl fmt::Debug for DownstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownstreamError").field("code", &self.code).finish_non_exhaustive()
    }
}

pub(super) fn read(body: &[u8]) -> ErrorView {
    let Ok(body) = serde_json::from_slice::<ErrorBody>(body) else { return ErrorView::default() };
    ErrorView {
        code: body.type_name.clone(),
        message: body.message.clone(),
        detail: body.detail.as_ref().map(ErrorDetail::to_text),
        retry_after: body.cooldown(),
        body: Some(Box::new(body)),
        ..ErrorView::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::any_json;
    use proptest::prelude::*;
    use serde_json::{from_value, json};

    #[test]
    fn each_shape_of_a_detail_is_read_and_never_shown() {
        let text: ErrorDetail = from_value(json!("s3cret")).unwrap();
        let object: ErrorDetail = from_value(json!({ "s3cret": ["s3cret"] })).unwrap();
        let other: ErrorDetail = from_value(json!(["s3cret"])).unwrap();
        assert!(text == ErrorDetail::Text("s3cret".to_owned()));
        assert!(object == ErrorDetail::Object(JsonMap::new().with("s3cret", json!(["s3cret"]))));
        assert!(other == ErrorDetail::Other(json!(["s3cret"]).into()));
        assert_eq!(format!("{text:?} {object:?} {other:?}"), "Text(..) Object(..) Other(..)");
    }

    proptest! {
        #[test]
        fn any_json_is_a_detail(json in any_json()) {
            let kept = match from_value(json.clone()).unwrap() {
                ErrorDetail::Text(text) => Value::String(text),
                ErrorDetail::Object(members) => Value::Object(members.into_inner()),
                ErrorDetail::Other(other) => other.as_json().clone(),
            };
            prop_assert_eq!(kept, json);
        }

        #[test]
        fn any_values_make_an_error_body(values in proptest::collection::vec(any_json(), 7)) {
            let names =
                ["status_code", "error", "type_name", "message", "detail", "ref", "downstream_errors"];
            let members: serde_json::Map<_, _> = names.map(str::to_owned).into_iter().zip(values).collect();
            let body: ErrorBody = from_value(members.clone().into()).unwrap();
            prop_assert_eq!(body.message.as_deref(), members["message"].as_str());
            prop_assert_eq!(body.detail.is_none(), members["detail"].is_null());
            let _ = body.cooldown();
        }
    }
}
