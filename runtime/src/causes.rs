//! What makes a function fail, in the runtime's own words, and the failures that the function's page lists.

/// Writes the causes of one function as an enum, and makes `?` turn each of them into the function's generated error.
///
/// `causes! { NAME => ERROR, by MAP { VARIANT(TYPE), … } }`. `MAP` takes the enum and is written by hand as one `match` without
/// a `_` arm. So the compiler checks both sides: a code that leaves the page takes a variant of `ERROR` away, and a cause that
/// is added has to be given a failure.
macro_rules! causes {
    ($(#[$attribute:meta])* $name:ident => $error:ty, by $map:ident { $($variant:ident($cause:ty)),+ $(,)? }) => {
        $(#[$attribute])*
        #[derive(Debug)]
        enum $name {
            $($variant($cause)),+
        }

        $(
            impl From<$cause> for $error {
                fn from(cause: $cause) -> Self {
                    $map(&$name::$variant(cause))
                }
            }
        )+
    };
}
