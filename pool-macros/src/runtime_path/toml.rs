//! The strings of a TOML file with their full keys, and nothing else of it.

/// `path = "value"`; values of other types read as they are written, arrays not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: Vec<String>,
    pub(super) value: String,
}

/// All entries of `text`, inline tables opened. Reading stops where the text is no TOML.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut reader = Reader { rest: text, found: Vec::new() };
    let mut table = Vec::new();
    while reader.line(&mut table).is_some() {}
    reader.found
}

struct Reader<'a> {
    rest: &'a str,
    found: Vec<Entry>,
}

impl Reader<'_> {
    /// A table header or a pair.
    fn line(&mut self, table: &mut Vec<String>) -> Option<()> {
        self.skip_blank();
        if self.eat('[') {
            let double = self.eat('[');
            *table = self.key()?;
            (self.eat(']') && (!double || self.eat(']'))).then_some(())
        } else {
            self.pair(table)
        }
    }

    /// `key = value`.
    fn pair(&mut self, table: &[String]) -> Option<()> {
        let mut path = table.to_vec();
        path.extend(self.key()?);
        self.eat('=').then_some(())?;
        self.value(path)
    }

    fn value(&mut self, path: Vec<String>) -> Option<()> {
        self.skip_spaces();
        match self.rest.chars().next()? {
            '"' | '\'' => {
                let value = self.string()?;
                self.found.push(Entry { path, value });
            }
            '{' => {
                self.eat('{');
                loop {
                    self.skip_blank();
                    if self.eat('}') {
                        break;
                    }
                    self.pair(&path)?;
                    self.skip_blank();
                    self.eat(',');
                }
            }
            '[' => {
                self.eat('[');
                let kept = self.found.len();
                loop {
                    self.skip_blank();
                    if self.eat(']') {
                        break;
                    }
                    self.value(Vec::new())?;
                    self.skip_blank();
                    self.eat(',');
                }
                self.found.truncate(kept);
            }
            _ => {
                let end = self.rest.find([',', '}', ']', '#', '\n']).unwrap_or(self.rest.len());
                let (value, rest) = self.rest.split_at(end);
                let value = value.trim();
                // Nothing was read: going on would not end.
                (!value.is_empty()).then_some(())?;
                self.found.push(Entry { path, value: value.to_owned() });
                self.rest = rest;
            }
        }
        Some(())
    }

    /// `a."b".c`.
    fn key(&mut self) -> Option<Vec<String>> {
        let mut path = Vec::new();
        loop {
            self.skip_spaces();
            path.push(match self.rest.chars().next()? {
                '"' | '\'' => self.string()?,
                _ => {
                    let bare = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
                    let end = self.rest.find(|c| !bare(c)).unwrap_or(self.rest.len());
                    let (name, rest) = self.rest.split_at(end);
                    (!name.is_empty()).then_some(())?;
                    self.rest = rest;
                    name.to_owned()
                }
            });
            self.skip_spaces();
            if !self.eat('.') {
                return Some(path);
            }
        }
    }

    /// Any of TOML's four strings. Escapes stay as written: no name that is looked for has any.
    fn string(&mut self) -> Option<String> {
        let quote = self.rest.chars().next()?;
        let triple = quote.to_string().repeat(3);
        let mark = if self.rest.starts_with(&triple) { triple } else { quote.to_string() };
        let text = &self.rest[mark.len()..];
        let mut at = 0;
        while !text[at..].starts_with(&mark) {
            let next = text[at..].chars().next()?;
            at += next.len_utf8();
            if next == '\\' && quote == '"' {
                at += text[at..].chars().next()?.len_utf8();
            }
        }
        self.rest = &text[at + mark.len()..];
        Some(text[..at].to_owned())
    }

    /// Skips spaces, then `wanted` if it is next.
    fn eat(&mut self, wanted: char) -> bool {
        self.skip_spaces();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    /// Skips white space, line ends and comments.
    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return;
            }
            self.rest = self.rest.find('\n').map_or("", |end| &self.rest[end..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::entries;

    fn find(text: &str, path: &[&str]) -> Option<String> {
        entries(text).into_iter().find(|entry| entry.path == path).map(|entry| entry.value)
    }

    #[test]
    fn every_spelling_of_a_renamed_dependency_is_found() {
        let path = ["dependencies", "par", "package"];
        for text in [
            "[dependencies]\npar = { package = \"pool-runtime\", version = \"1\" }",
            "[dependencies]\npar = { version = \"1\", features = [\"a\", 'b#'], package = 'pool-runtime' }",
            "[dependencies]\npar.package = \"pool-runtime\" # a comment",
            "[dependencies.par]\nversion = \"1\"\npackage = \"pool-runtime\"",
            "[ dependencies . \"par\" ]\npackage=\"pool-runtime\"",
            "dependencies.par.package = \"pool-runtime\"",
            "# [x\n[package]\nname = \"\"\"x\n[y]\"\"\"\nkeys = [\n  1, # one\n  \"]\",\n]\n\
             [dependencies]\na = \"1\"\npar = {\n package = \"pool-runtime\",\n}\n",
        ] {
            assert_eq!(find(text, &path).as_deref(), Some("pool-runtime"), "{text}");
        }
    }

    #[test]
    fn reading_ends_on_any_text() {
        let text = "[a.b]\nc = { d = \"e\", f = [1, { g = 'h' }] }\ni = true\n[[j]]\nk = 1.5e3\n";
        for end in 0..=text.len() {
            entries(&text[..end]);
            entries(&text[end..]);
        }
        assert_eq!(find(text, &["a", "b", "i"]).as_deref(), Some("true"));
        assert_eq!(find(text, &["j", "k"]).as_deref(), Some("1.5e3"));
    }
}
