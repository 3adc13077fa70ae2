//! What a worker makes and somebody else takes.

/// What the workers of a parallel loop gather, write or keep: it is made on one thread and taken
/// up, written to or dropped on another, so it is [`Send`].
#[diagnostic::on_unimplemented(
    message = "the workers of this loop cannot fill or keep a `{Self}`: it is not `Send`",
    label = "the loop in whose body this is done",
    note = "use a type that can be sent to other threads: `Arc` instead of `Rc`, an owned value \
            instead of a guard, an index instead of a raw pointer",
    note = "a generic parameter needs the bound `Send`"
)]
pub trait Gathered: Send {}

#[diagnostic::do_not_recommend]
impl<T: Send> Gathered for T {}
