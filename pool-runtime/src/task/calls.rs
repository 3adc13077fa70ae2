//! A call with its arguments one by one: what generated code names.
//!
//! With the arguments as a tuple, rustc would point at all of them when one is not `Send`. Here
//! each has a parameter, and so a bound, of its own. (The bounds are written below, not in the
//! macro, because rustc shows them.) Functions with `scratch` take the tuple.

use super::batch::{BatchResult, Columns, TaskArgument, TaskResult};
use super::error::Admission;
use super::handle::Task;
use super::plan::TaskPlan;
use super::scratch::Scratch;
use super::tasks::Tasks;

macro_rules! calls {
    ($(
        $task:ident [$($result:tt)*] $admit:ident [$($generics:tt)*] $($name:ident $arg:ident)*;
    )*) => {$(
        #[allow(clippy::too_many_arguments, reason = "as many as the function has")]
        impl Tasks {
            /// [`task`](Self::task) of a function with so many parameters.
            #[inline]
            pub fn $task<$($result)*, F, $($generics)*>(
                &'static self,
                plan: impl FnOnce(TaskPlan) -> TaskPlan,
                $($arg: $name,)*
                body: F,
            ) -> Task<T>
            where
                F: Fn($($name),*) -> T + Send + Sync + 'static,
            {
                self.task(
                    || plan(TaskPlan::new()),
                    ($($arg,)*),
                    move |_: &mut Scratch<()>, ($($arg,)*): ($($name,)*)| {
                        body($($arg),*)
                    },
                )
            }

            /// [`admit`](Self::admit) of a function with so many parameters.
            #[inline]
            pub fn $admit<F, $($generics)*>(
                &'static self,
                plan: impl FnOnce(TaskPlan) -> TaskPlan,
                $($arg: $name,)*
                body: F,
            ) -> Admission
            where
                F: Fn($($name),*) + Send + Sync + 'static,
            {
                self.admit(
                    || plan(TaskPlan::new()),
                    ($($arg,)*),
                    move |_: &mut Scratch<()>, ($($arg,)*): ($($name,)*)| {
                        body($($arg),*);
                    },
                )
            }
        }
    )*};
}

calls! {
    task0 [T: TaskResult] admit0 [];
    task1 [T: TaskResult] admit1 [A: TaskArgument] A a;
    task2 [T: TaskResult] admit2 [A: TaskArgument, B: TaskArgument] A a B b;
    task3 [T: TaskResult] admit3 [A: TaskArgument, B: TaskArgument, C: TaskArgument] A a B b C c;
    task4 [T: TaskResult] admit4
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument]
        A a B b C c D d;
    task5 [T: TaskResult] admit5
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument]
        A a B b C c D d E e;
    task6 [T: TaskResult] admit6
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument]
        A a B b C c D d E e G g;
    task7 [T: TaskResult] admit7
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument]
        A a B b C c D d E e G g H h;
    task8 [T: TaskResult] admit8
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument]
        A a B b C c D d E e G g H h I i;
    task9 [T: TaskResult] admit9
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument,
         J: TaskArgument]
        A a B b C c D d E e G g H h I i J j;
    task10 [T: TaskResult] admit10
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument,
         J: TaskArgument, K: TaskArgument]
        A a B b C c D d E e G g H h I i J j K k;
    task11 [T: TaskResult] admit11
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument,
         J: TaskArgument, K: TaskArgument, L: TaskArgument]
        A a B b C c D d E e G g H h I i J j K k L l;
    task12 [T: TaskResult] admit12
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument,
         J: TaskArgument, K: TaskArgument, L: TaskArgument, M: TaskArgument]
        A a B b C c D d E e G g H h I i J j K k L l M m;
}

macro_rules! batched_calls {
    ($(
        $task:ident [$($result:tt)*] $admit:ident [$($generics:tt)*] $($name:ident $arg:ident)*;
    )*) => {$(
        #[allow(clippy::too_many_arguments, reason = "as many as the function has")]
        impl Tasks {
            /// [`batched_task`](Self::batched_task) of a function with so many parameters.
            #[inline]
            pub fn $task<$($result)*, F, $($generics)*>(
                &'static self,
                plan: impl FnOnce(TaskPlan) -> TaskPlan,
                $($arg: $name,)*
                body: F,
            ) -> Task<T>
            where
                F: Fn($(Vec<$name>),*) -> O + Send + Sync + 'static,
            {
                self.batched_task(
                    || plan(TaskPlan::new()),
                    ($($arg,)*),
                    move |_: &mut Scratch<()>, columns: <($($name,)*) as Columns>::Columns| {
                        let ($($arg,)*) = columns;
                        body($($arg),*)
                    },
                )
            }

            /// [`batched_admit`](Self::batched_admit) of a function with so many parameters.
            #[inline]
            pub fn $admit<F, $($generics)*>(
                &'static self,
                plan: impl FnOnce(TaskPlan) -> TaskPlan,
                $($arg: $name,)*
                body: F,
            ) -> Admission
            where
                F: Fn($(Vec<$name>),*) + Send + Sync + 'static,
            {
                self.batched_admit(
                    || plan(TaskPlan::new()),
                    ($($arg,)*),
                    move |_: &mut Scratch<()>, columns: <($($name,)*) as Columns>::Columns| {
                        let ($($arg,)*) = columns;
                        body($($arg),*);
                    },
                )
            }
        }
    )*};
}

batched_calls! {
    batched_task1 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit1 [A: TaskArgument] A a;
    batched_task2 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit2
        [A: TaskArgument, B: TaskArgument]
        A a B b;
    batched_task3 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit3
        [A: TaskArgument, B: TaskArgument, C: TaskArgument]
        A a B b C c;
    batched_task4 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit4
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument]
        A a B b C c D d;
    batched_task5 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit5
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument]
        A a B b C c D d E e;
    batched_task6 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit6
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument]
        A a B b C c D d E e G g;
    batched_task7 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit7
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument]
        A a B b C c D d E e G g H h;
    batched_task8 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit8
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument]
        A a B b C c D d E e G g H h I i;
    batched_task9 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit9
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument,
         J: TaskArgument]
        A a B b C c D d E e G g H h I i J j;
    batched_task10 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit10
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument,
         J: TaskArgument, K: TaskArgument]
        A a B b C c D d E e G g H h I i J j K k;
    batched_task11 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit11
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument,
         J: TaskArgument, K: TaskArgument, L: TaskArgument]
        A a B b C c D d E e G g H h I i J j K k L l;
    batched_task12 [T: TaskResult, O: BatchResult<T> + 'static] batched_admit12
        [A: TaskArgument, B: TaskArgument, C: TaskArgument, D: TaskArgument,
         E: TaskArgument, G: TaskArgument, H: TaskArgument, I: TaskArgument,
         J: TaskArgument, K: TaskArgument, L: TaskArgument, M: TaskArgument]
        A a B b C c D d E e G g H h I i J j K k L l M m;
}
