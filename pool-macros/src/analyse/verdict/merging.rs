//! What the forms at one place have in common: the one operation that merges its shares.

use proc_macro2::TokenStream;
use syn::{Expr, ExprPath};

use super::{Kind, Root};
use crate::analyse::entries;
use crate::analyse::fields::{self, OfField};
use crate::analyse::forms::{Leaf, Op};
use crate::analyse::names::Origin;
use crate::analyse::place::Step;
use crate::analyse::uses::{Act, Form, Mention};
use crate::analyse::words;

impl Root<'_, '_> {
    /// What the forms at one place have in common.
    pub(super) fn kind(
        &self,
        name: &str,
        formed: &[(&Mention, &Form)],
        best_done: &mut Vec<usize>,
    ) -> Option<Kind> {
        let errors = self.context.errors;
        if let Some(best) = formed.iter().find_map(|(_, form)| match form.leaf {
            Leaf::Best(index) => Some(index),
            _ => None,
        }) {
            return self.best(name, best, formed, best_done);
        }
        if let Some(fields) = fields::of(formed) {
            return self.fields(name, formed, &fields);
        }
        if let Some(fields) = of_tuple(formed) {
            return self.tuple(name, formed, fields);
        }
        let leaf = self.leaf(name, formed)?;
        let steps = formed
            .iter()
            .find(|(_, form)| !matches!(form.leaf, Leaf::Present))
            .map_or_else(|| shape(formed[0].0), |(mention, _)| shape(mention));
        for (mention, form) in formed {
            let mut other = shape(mention);
            let mut steps = steps.clone();
            // Fields of a tuple are put together with it.
            if let (Some(Step::Field(_)), Some(&"field")) =
                (mention.target.steps.last(), steps.last())
            {
                other.pop();
                steps.pop();
            }
            let creates = matches!(form.leaf, Leaf::Present);
            if other != steps && !(creates && steps.starts_with(&other)) {
                errors.at(&mention.tokens, words::different(name, mention));
                return None;
            }
            if !entries::fields_merge(mention, &leaf) {
                errors.at(
                    &mention.tokens,
                    words::field_of_element(name, steps.first() == Some(&"entry")),
                );
                return None;
            }
        }
        if steps.is_empty() {
            return Some(self.plain(leaf, formed));
        }
        entries::kind(&self.reduction(name, formed), &steps, leaf)
    }

    /// What entries are asked about.
    fn reduction<'b>(
        &'b self,
        name: &'b str,
        formed: &'b [(&'b Mention, &'b Form)],
    ) -> entries::Reduction<'b> {
        let invariant = Box::new(|path: &ExprPath| self.is_invariant(path));
        let varies = Box::new(|path: &ExprPath| {
            self.context.names.of_path(path).is_some() && !self.is_invariant(path)
        });
        let names = self.context.names;
        let typed = self.is_typed(formed[0].0);
        let private = self.context.private.clone();
        entries::Reduction {
            name,
            formed,
            invariant,
            varies,
            errors: self.context.errors,
            names,
            private,
            typed,
        }
    }

    /// Whether the type of a place is known without a look into the body.
    fn is_typed(&self, mention: &Mention) -> bool {
        let origin = &self.context.names.declared(self.root).origin;
        !mention.target.place.fields.is_empty()
            || !matches!(origin, Origin::Let { declared: None, .. } | Origin::Pattern)
    }

    /// The fields of elements, each changed in its own way.
    fn fields(
        &self,
        name: &str,
        formed: &[(&Mention, &Form)],
        fields: &[OfField<'_>],
    ) -> Option<Kind> {
        let (first, _) = fields[0].forms[0];
        let (before, ..) = fields::split(&first.target.steps)?;
        let steps = fields::kinds(before);
        if !fields::are_apart(fields) {
            let message = words::field_of_element(name, steps.first() == Some(&"entry"));
            self.context.errors.at(&first.tokens, message);
            return None;
        }
        let mut leaves = Vec::new();
        for field in fields {
            leaves.push(self.leaf(name, &field.forms)?);
            let below = field.below();
            for (mention, _) in &field.forms {
                let (before, _, own) = fields::split(&mention.target.steps)?;
                if fields::kinds(before) != steps || fields::kinds(own) != below {
                    self.context.errors.at(&mention.tokens, words::different(name, mention));
                    return None;
                }
            }
        }
        for (mention, form) in formed {
            if matches!(form.leaf, Leaf::Present) && !steps.starts_with(&shape(mention)) {
                self.context.errors.at(&mention.tokens, words::different(name, mention));
                return None;
            }
        }
        entries::of_fields(&self.reduction(name, formed), &steps, fields, &leaves)
    }

    /// The fields of a tuple, each changed in its own way.
    fn tuple(
        &self,
        name: &str,
        formed: &[(&Mention, &Form)],
        fields: Vec<OfTuple<'_>>,
    ) -> Option<Kind> {
        let leaf = |(index, own): (usize, Vec<_>)| Some((index, self.leaf(name, &own)?));
        let leaves: Vec<(usize, entries::Leaf)> =
            fields.into_iter().map(leaf).collect::<Option<_>>()?;
        let (first, _) = formed.iter().find(|(_, form)| !matches!(form.leaf, Leaf::Present))?;
        let mut steps = shape(first);
        steps.pop();
        for (mention, form) in formed {
            let mut other = shape(mention);
            let creates = matches!(form.leaf, Leaf::Present);
            if !creates {
                other.pop();
            }
            if other != steps && !(creates && steps.starts_with(&other)) {
                self.context.errors.at(&mention.tokens, words::different(name, mention));
                return None;
            }
        }
        entries::of_tuple(&self.reduction(name, formed), &steps, &leaves)
    }

    /// Whether a path is a captured variable that the loop only reads.
    fn is_invariant(&self, path: &ExprPath) -> bool {
        let Some(var) = self.context.names.of_path(path) else { return false };
        let mut mentions =
            self.uses.mentions.iter().filter(|one| one.target.place.root == var).peekable();
        mentions.peek().is_some() && mentions.all(|one| matches!(one.act, Act::Read))
    }

    /// The one operation that all forms at a place do.
    fn leaf(&self, name: &str, formed: &[(&Mention, &Form)]) -> Option<entries::Leaf> {
        let mut found: Option<(entries::Leaf, &Mention)> = None;
        for (mention, form) in formed {
            let here = match &form.leaf {
                Leaf::Op(Op::Add) => entries::Leaf::Plain("add"),
                Leaf::Op(Op::Sub) => entries::Leaf::Plain("net"),
                Leaf::Op(Op::Mul) => entries::Leaf::Plain("mul"),
                Leaf::Op(Op::Or) => entries::Leaf::Plain("or"),
                Leaf::Op(Op::And) => entries::Leaf::Plain("and"),
                Leaf::Op(Op::Xor) => entries::Leaf::Plain("xor"),
                Leaf::Op(Op::WrappingAdd) => entries::Leaf::Plain("wrapping_add"),
                Leaf::Op(Op::WrappingMul) => entries::Leaf::Plain("wrapping_mul"),
                Leaf::Compare(name) => entries::Leaf::Plain(name),
                Leaf::Append => entries::Leaf::Plain("append"),
                Leaf::Insert => entries::Leaf::Plain("insert"),
                Leaf::Fold(fold) => entries::Leaf::Fold(fold.clone()),
                Leaf::Choice(choice) => entries::Leaf::Choice(choice.clone()),
                Leaf::Present | Leaf::Best(_) => continue,
            };
            found = Some(match found {
                None => (here, mention),
                Some((before, first)) => match before.and(&here) {
                    Some(both) => (both, first),
                    None => {
                        self.context.errors.at(&mention.tokens, words::different(name, mention));
                        return None;
                    }
                },
            });
        }
        // Entries that are made and never changed.
        Some(found.map_or(entries::Leaf::Plain("first"), |(leaf, _)| leaf))
    }

    fn plain(&self, leaf: entries::Leaf, formed: &[(&Mention, &Form)]) -> Kind {
        match leaf {
            entries::Leaf::Fold(fold) => Kind::Fold(fold),
            entries::Leaf::Choice(_) => unreachable!("a choice is made among elements"),
            entries::Leaf::Plain("append") => {
                let [(only, form)] = formed else {
                    return Kind::Named("append", TokenStream::new());
                };
                let exits = self.context.exits;
                let always = !only.conditional
                    && !exits.any()
                    && exits.continues.is_none()
                    && exits.unknown_macro.is_none();
                let pushes = form.operand.is_some()
                    && matches!(syn::parse2::<Expr>(only.tokens.clone()),
                        Ok(Expr::MethodCall(call)) if call.method == "push");
                let name = if always && pushes { "collect" } else { "append" };
                Kind::Named(name, TokenStream::new())
            }
            entries::Leaf::Plain(name) => Kind::Named(name, TokenStream::new()),
        }
    }

    /// An extremum with payload: once for all of its places.
    fn best(
        &self,
        name: &str,
        index: usize,
        formed: &[(&Mention, &Form)],
        best_done: &mut Vec<usize>,
    ) -> Option<Kind> {
        let errors = self.context.errors;
        let extremum = &self.uses.extrema[index];
        for (mention, form) in formed {
            let agrees = match form.leaf {
                Leaf::Best(other) => other == index || self.uses.extrema[other].agrees(extremum),
                _ => false,
            };
            if !agrees {
                errors.at(&mention.tokens, words::different(name, mention));
                return None;
            }
        }
        if best_done.contains(&index) {
            return None;
        }
        best_done.push(index);
        let privates = &self.verdict.privates;
        for assigned in &extremum.assigned {
            if privates.contains(&assigned.target.place.root) {
                errors.at(&assigned.target.spelling, words::different(name, formed[0].0));
                return None;
            }
        }
        Some(Kind::Best(Box::new(extremum.clone())))
    }
}

/// The kinds of the steps to a mention.
fn shape(mention: &Mention) -> Vec<&'static str> {
    fields::kinds(&mention.target.steps)
}

/// A field of a tuple, and the forms that change it.
type OfTuple<'a> = (usize, Vec<(&'a Mention, &'a Form)>);

/// The forms by the field of a tuple that they change, if they all change one, and not all of them
/// add to it: such a tuple is put together by its `Accumulate`.
fn of_tuple<'a>(formed: &[(&'a Mention, &'a Form)]) -> Option<Vec<OfTuple<'a>>> {
    let mut found: Vec<OfTuple<'a>> = Vec::new();
    let mut adds = true;
    for (mention, form) in formed {
        if matches!(form.leaf, Leaf::Present) {
            continue;
        }
        let [before @ .., Step::Field(name)] = mention.target.steps.as_slice() else {
            return None;
        };
        let index: usize = name.parse().ok().filter(|index| *index < entries::FIELDS)?;
        if before.is_empty() || before.iter().any(|step| matches!(step, Step::Field(_))) {
            return None;
        }
        adds &= matches!(form.leaf, Leaf::Op(Op::Add) | Leaf::Append);
        match found.iter_mut().find(|(other, _)| *other == index) {
            Some((_, forms)) => forms.push((*mention, *form)),
            None => found.push((index, vec![(*mention, *form)])),
        }
    }
    (!adds).then_some(found)
}
