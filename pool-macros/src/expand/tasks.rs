//! Task mode: the call moves its arguments into the function's own queue.

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::diagnostics::Errors;
use crate::model::TaskPlan;

/// The function whose calls are tasks.
pub(crate) fn expand(plan: TaskPlan, errors: &Errors) -> TokenStream {
    errors.at(&plan.function.sig.output, "task functions are not available yet");
    plan.function.into_token_stream()
}
