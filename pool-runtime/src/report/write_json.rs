//! Writing JSON, and only that: objects in the order of their fields, numbers, strings.
//!
//! The JSON crates compare their values with integers (`u64: PartialEq<Value>`), and an
//! implementation in a dependency is enough to make `assert_eq!(n, items.sum())` ambiguous in the
//! user's program. So a crate that every loop depends on must not bring one.

/// A piece of JSON, as text.
#[derive(Clone, Debug)]
pub(super) struct JsonValue(String);

impl JsonValue {
    /// The text.
    pub(super) fn dump(self) -> String {
        self.0
    }

    /// An object of these fields, whose names need no escapes.
    pub(super) fn object(fields: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| format!("\"{name}\":{}", value.0));
        Self(format!("{{{}}}", fields.collect::<Vec<_>>().join(",")))
    }
}

/// `object! { name: value, .. }`
macro_rules! object {
    ($($name:ident: $value:expr),* $(,)?) => {
        $crate::report::write_json::JsonValue::object(
            [$((stringify!($name), $crate::report::write_json::JsonValue::from($value))),*]
        )
    };
}
pub(super) use object;

macro_rules! plain {
    ($($kind:ty)*) => {$(
        impl From<$kind> for JsonValue {
            fn from(value: $kind) -> Self {
                Self(value.to_string())
            }
        }
    )*};
}
plain!(u32 u64 usize bool);

impl From<f64> for JsonValue {
    /// JSON has no infinities.
    fn from(value: f64) -> Self {
        Self(if value.is_finite() { format!("{value:.3}") } else { "null".to_owned() })
    }
}

impl From<&str> for JsonValue {
    fn from(value: &str) -> Self {
        let mut text = String::with_capacity(value.len() + 2);
        text.push('"');
        for char in value.chars() {
            match char {
                '"' | '\\' => text.extend(['\\', char]),
                ' '.. => text.push(char),
                control => text += &format!("\\u{:04x}", u32::from(control)),
            }
        }
        text.push('"');
        Self(text)
    }
}

impl From<String> for JsonValue {
    fn from(value: String) -> Self {
        Self::from(&*value)
    }
}

impl<T: Into<Self>> From<Option<T>> for JsonValue {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(|| Self("null".to_owned()), Into::into)
    }
}

impl From<Vec<Self>> for JsonValue {
    fn from(values: Vec<Self>) -> Self {
        let texts: Vec<String> = values.into_iter().map(Self::dump).collect();
        Self(format!("[{}]", texts.join(",")))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn strings_are_escaped_and_nothing_is_null() {
        let none: Option<u64> = None;
        let value = object! { text: "a \"b\" \\ \n", none: none, some: Some(3_u64), list: vec![object! {}] };
        let expected = r#"{"text":"a \"b\" \\ \u000a","none":null,"some":3,"list":[{}]}"#;
        assert_eq!(value.dump(), expected);
    }
}
