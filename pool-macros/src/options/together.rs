//! Keys that do not go together, and keys that do not go with the function.

use syn::visit::{self, Visit};
use syn::{FnArg, Ident, PatIdent, ReturnType, Signature};

use crate::diagnostics::Errors;
use crate::model::{ErrorPolicy, Keys, Number, OnFull, PRIMITIVES, Time};

/// Refuses combinations of keys of one parallel loop.
pub(crate) fn check_loop(keys: &Keys, signature: &Signature, errors: &Errors) {
    let drops = keys
        .on_full
        .as_ref()
        .is_some_and(|policy| matches!(policy.value, OnFull::Drop | OnFull::DropOldest));
    if let Some(dropped) = &keys.dropped
        && !drops
        && !keys.refused.contains(&"on_full")
    {
        errors.at(
            &dropped.key,
            "`dropped` counts what a full queue drops, and this one drops nothing: write \
             `on_full = \"drop\"` or `on_full = \"drop_oldest\"` beside it",
        );
    }
    if let Some(scratch) = &keys.scratch {
        for entry in &scratch.value {
            if keys.reduces(&entry.name) {
                errors.at(
                    &entry.name,
                    format!(
                        "`{0}` is in `scratch` and in `reduce`: a scratch value is dropped \
                             with its worker, a reduced one is kept",
                        entry.name
                    ),
                );
            }
        }
    }
    if cannot_fail(&signature.output) {
        check_without_errors(keys, signature, errors);
    }
}

/// Refuses keys that need a function that can fail, on one that cannot.
fn check_without_errors(keys: &Keys, signature: &Signature, errors: &Errors) {
    let name = &signature.ident;
    if let Some(policy) = &keys.errors {
        let declare = if policy.value == ErrorPolicy::All {
            "Result<(), Errors<E>>"
        } else {
            "Result<(), E>"
        };
        errors.at(
            &policy.key,
            format!(
                "`errors` chooses among errors, and `{name}` returns none: declare \
                     `-> {declare}`"
            ),
        );
    }
    if let Some(timeout) = &keys.timeout {
        errors.at(
            &timeout.key,
            format!(
                "a `timeout` is an error, and `{name}` returns none: declare \
                     `-> Result<(), E>` with `E: From<TimedOut>`"
            ),
        );
    }
    if let Some(policy) = &keys.on_full
        && policy.value == OnFull::Error
    {
        errors.at(
            &policy.tokens,
            format!(
                "`on_full = \"error\"` is an error, and `{name}` returns none: declare \
                     `-> Result<(), E>` with `E: From<Full>`"
            ),
        );
    }
}

/// Whether a function returns no error for certain, as far as the tokens tell.
fn cannot_fail(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => true,
        ReturnType::Type(_, declared) => match &**declared {
            syn::Type::Tuple(tuple) => tuple.elems.is_empty(),
            syn::Type::Never(_) => true,
            syn::Type::Path(path) => path.path.get_ident().is_some_and(|name| {
                PRIMITIVES.iter().any(|primitive| name == primitive) || name == "String"
            }),
            _ => false,
        },
    }
}

/// Refuses what the queue of a task function cannot be.
pub(crate) fn check_task(keys: &Keys, signature: &Signature, errors: &Errors) {
    if let Some(policy) = &keys.on_full
        && policy.value == OnFull::Error
    {
        errors.at(
            &policy.tokens,
            "`on_full = \"error\"` ends a loop, and each call of this function is a task: write \
             `on_full = \"drop\"`, and the call that found no room says so \
             (`TaskError::Dropped`, `Admission::Dropped`)",
        );
    }
    let scratch = keys.scratch.iter().flat_map(|scratch| {
        scratch.value.iter().filter_map(|entry| match &entry.maker {
            Some(maker) => Some((&scratch.key, maker)),
            None => {
                let name = &entry.name;
                errors.at(
                    name,
                    format!(
                        "a task has nothing around it to take a clone of: write \
                             `scratch({name} = expression)`"
                    ),
                );
                None
            }
        })
    });
    let numbers = [&keys.workers, &keys.queue, &keys.size].into_iter().flatten();
    let times = [&keys.linger].into_iter().flatten();
    let expressions = numbers
        .filter_map(|number| match &number.value {
            Number::Expr(value) => Some((&number.key, value)),
            _ => None,
        })
        .chain(times.filter_map(|time| match &time.value {
            Time::Expr(value) => Some((&time.key, value)),
            Time::Const(_) => None,
        }))
        .chain(keys.pool.iter().map(|pool| (&pool.key, &pool.value)))
        .chain(scratch);
    for (key, value) in expressions {
        let mut names = Names { parameters: parameters(signature), used: None };
        names.visit_expr(value);
        if let Some(used) = names.used {
            errors.at(
                &used,
                format!(
                    "the queue is made once, for all calls, so `{key}` cannot depend on \
                         `{used}`, an argument of one call: use a constant or a static"
                ),
            );
        }
    }
}

/// The names that the parameters bind.
fn parameters(signature: &Signature) -> Vec<Ident> {
    struct Bound(Vec<Ident>);
    impl<'a> Visit<'a> for Bound {
        fn visit_pat_ident(&mut self, node: &'a PatIdent) {
            self.0.push(node.ident.clone());
            visit::visit_pat_ident(self, node);
        }
    }
    let mut bound = Bound(Vec::new());
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => bound.0.push(Ident::from(receiver.self_token)),
            FnArg::Typed(argument) => bound.visit_pat(&argument.pat),
        }
    }
    bound.0
}

struct Names {
    parameters: Vec<Ident>,
    used: Option<Ident>,
}

impl<'a> Visit<'a> for Names {
    fn visit_expr_path(&mut self, node: &'a syn::ExprPath) {
        if let Some(name) = node.path.get_ident()
            && self.parameters.contains(name)
        {
            self.used.get_or_insert_with(|| name.clone());
        }
    }
}
