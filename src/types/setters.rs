/// Writes the chained setters of a request struct, one for each field named.
///
/// `Option<T>` fields take anything that becomes a `T`, `Option<Vec<T>>` fields anything that brings such, `Patch<T>`
/// fields a value or `Patch::Clear`, `JsonMap` fields one member after the other. `tags and
/// tag: Option<BTreeMap<String, T>>` makes two: one sets all entries, the other adds one.
macro_rules! setters {
    () => {};
    ($field:ident: JsonMap, $($rest:tt)*) => {
        /// Adds a member that this type lacks.
        #[must_use]
        #[inline]
        pub fn $field(mut self, key: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
            self.$field = self.$field.with(key, value);
            self
        }

        $crate::types::setters!($($rest)*);
    };
    ($field:ident and $entry:ident: Option<BTreeMap<String, $type:ty>>, $($rest:tt)*) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
        #[must_use]
        #[inline]
        pub fn $field(
            mut self,
            $field: impl IntoIterator<Item = (impl Into<String>, impl Into<$type>)>,
        ) -> Self {
            self.$field = Some($field.into_iter().map(|(key, value)| (key.into(), value.into())).collect());
            self
        }

        #[doc = concat!("Adds one to [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
        #[must_use]
        #[inline]
        pub fn $entry(mut self, key: impl Into<String>, value: impl Into<$type>) -> Self {
            self.$field.get_or_insert_default().insert(key.into(), value.into());
            self
        }

        $crate::types::setters!($($rest)*);
    };
    // A literal is no `impl Into<u32>`.
    ($field:ident: Option<u32>, $($rest:tt)*) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
        #[must_use]
        #[inline]
        pub fn $field(mut self, $field: u32) -> Self {
            self.$field = Some($field);
            self
        }

        $crate::types::setters!($($rest)*);
    };
    ($field:ident: Option<Vec<u32>>, $($rest:tt)*) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
        #[must_use]
        #[inline]
        pub fn $field(mut self, $field: impl IntoIterator<Item = u32>) -> Self {
            self.$field = Some($field.into_iter().collect());
            self
        }

        $crate::types::setters!($($rest)*);
    };
    ($field:ident: Option<Vec<$type:ty>>, $($rest:tt)*) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
        #[must_use]
        #[inline]
        pub fn $field(mut self, $field: impl IntoIterator<Item = impl Into<$type>>) -> Self {
            self.$field = Some($field.into_iter().map(Into::into).collect());
            self
        }

        $crate::types::setters!($($rest)*);
    };
    ($field:ident: Option<$type:ty>, $($rest:tt)*) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
        #[must_use]
        #[inline]
        pub fn $field(mut self, $field: impl Into<$type>) -> Self {
            self.$field = Some($field.into());
            self
        }

        $crate::types::setters!($($rest)*);
    };
    ($field:ident: Patch<$type:ty>, $($rest:tt)*) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), "), or clears it.")]
        #[must_use]
        #[inline]
        pub fn $field(mut self, $field: impl Into<$crate::types::Patch<$type>>) -> Self {
            self.$field = $field.into();
            self
        }

        $crate::types::setters!($($rest)*);
    };
}

pub(crate) use setters;
