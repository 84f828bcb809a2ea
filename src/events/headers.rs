use super::EventError;

/// The headers that a verifier reads, of all that came.
pub(crate) struct Headers(Vec<(&'static str, Vec<u8>)>);

impl Headers {
    /// Those of these names, which are lower-case.
    pub(crate) fn of(
        names: &[&'static str],
        headers: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<[u8]>)>,
    ) -> Self {
        let known = |name: &str| names.iter().find(|known| known.eq_ignore_ascii_case(name)).copied();
        let read = headers.into_iter();
        Self(
            read.filter_map(|(name, value)| Some((known(name.as_ref())?, value.as_ref().to_vec()))).collect(),
        )
    }

    /// The text of a header that may have several names, of which the first is the one that errors show.
    pub(crate) fn text<const N: usize>(&self, names: [&'static str; N]) -> Result<&str, EventError> {
        let shown = names.first().copied().unwrap_or_default();
        let mut found = None;
        for name in names {
            let mut values = self.0.iter().filter(|(known, _)| *known == name).map(|(_, value)| value);
            let Some(value) = values.next() else { continue };
            if values.next().is_some() || found.is_some_and(|other| other != value) {
                return Err(EventError::RepeatedHeader(shown));
            }
            found = Some(value);
        }
        let value = found.ok_or(EventError::MissingHeader(shown))?;
        let is_text = !value.is_empty() && value.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
        let text = std::str::from_utf8(value).ok().filter(|_| is_text);
        text.ok_or(EventError::MalformedHeader(shown))
    }
}
