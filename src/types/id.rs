/// Declares an identifier type: one string that is not interchangeable with another kind of id.
macro_rules! id {
    ( $( $(#[$meta:meta])* pub struct $name:ident; )+ ) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The identifier as the vendor writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        $crate::types::text_conversions!($name);
    )+ };
}

pub(crate) use id;
