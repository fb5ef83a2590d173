//! From a host to its addresses: literals at once, names by the system's resolver in a helper thread.
//!
//! The system's resolver cannot be interrupted. A caller that gives up leaves its helper behind, whose late answer is dropped.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::wait::{Readiness, Waker};
use super::waits::Waits;
use crate::raw::fork::OfProcess;

/// How many names are resolved at once. Helpers end when nothing is left to do.
const MAX_HELPERS: usize = 4;

/// How many names may wait for a helper. A caller that leaves takes its name out of the queue.
const MAX_WAITING: usize = 256;

/// Why there are no addresses.
#[derive(Debug)]
pub(super) enum ResolveError {
    Failed(io::Error),
    TimedOut,
    Woken,
}

/// Gives the addresses of a name, and blocks meanwhile.
type Lookup = dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync;

/// Resolves names in helper threads.
pub(super) struct Resolver {
    shared: Arc<Shared>,
}

struct Shared {
    lookup: Box<Lookup>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Arc<Question>>,
    helpers: usize,
}

struct Question {
    host: String,
    port: u16,
    answer: Mutex<Option<io::Result<Vec<SocketAddr>>>>,
    /// Tells the asker that there is an answer.
    asker: Waker,
}

/// A caller that waits for its answer. However it leaves, its name does not stay in the queue.
struct Waiting<'q> {
    shared: &'q Shared,
    question: &'q Arc<Question>,
}

static SYSTEM: OfProcess<Resolver> = OfProcess::new(|| Resolver::new(look_up));

impl Resolver {
    /// The one that asks the operating system.
    pub(super) fn system() -> &'static Self {
        SYSTEM.get()
    }

    pub(super) fn new(lookup: impl Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static) -> Self {
        Self { shared: Arc::new(Shared { lookup: Box::new(lookup), state: Mutex::default() }) }
    }

    /// The addresses of `host`, at least one. Names are waited for until the deadline, or until the waker is used.
    pub(super) async fn resolve<W: Waits>(
        &self,
        waits: &W,
        host: &str,
        port: u16,
        deadline: Option<Instant>,
        waker: &Waker,
    ) -> Result<Vec<SocketAddr>, ResolveError> {
        let answer = match literal(host, port) {
            Some(answer) => answer,
            None => self.ask(waits, host, port, deadline, waker).await?,
        };
        let addresses = answer.map_err(ResolveError::Failed)?;
        if addresses.is_empty() {
            let error = io::Error::new(ErrorKind::NotFound, "the name has no addresses");
            return Err(ResolveError::Failed(error));
        }
        Ok(addresses)
    }

    async fn ask<W: Waits>(
        &self,
        waits: &W,
        host: &str,
        port: u16,
        deadline: Option<Instant>,
        waker: &Waker,
    ) -> Result<io::Result<Vec<SocketAddr>>, ResolveError> {
        let question =
            Arc::new(Question { host: host.to_owned(), port, answer: Mutex::default(), asker: waker.clone() });
        self.enqueue(&question).map_err(ResolveError::Failed)?;
        let _waiting = Waiting { shared: &self.shared, question: &question };
        let look = || question.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let answer = waits.until(waker, deadline, look).await;
        answer.map_err(|ended| match ended {
            Readiness::Woken => ResolveError::Woken,
            Readiness::TimedOut | Readiness::Ready => ResolveError::TimedOut,
        })
    }

    fn enqueue(&self, question: &Arc<Question>) -> io::Result<()> {
        let mut state = self.shared.lock();
        if state.queue.len() == MAX_WAITING {
            return Err(io::Error::other(format!("{MAX_WAITING} names are waiting to be resolved already")));
        }
        state.queue.push_back(Arc::clone(question));
        if state.helpers == MAX_HELPERS {
            return Ok(());
        }
        let shared = Arc::clone(&self.shared);
        match thread::Builder::new().name("winws names".to_owned()).spawn(move || shared.help()) {
            Ok(_) => state.helpers += 1,
            // Helpers that run already will come to it.
            Err(_) if state.helpers > 0 => {}
            Err(error) => {
                state.queue.pop_back();
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.shared.lock().queue.retain(|other| !Arc::ptr_eq(other, self.question));
    }
}

impl Shared {
    /// What a helper does: it answers questions until there are none.
    fn help(&self) {
        loop {
            let question = {
                let mut state = self.lock();
                let Some(question) = state.queue.pop_front() else {
                    state.helpers -= 1;
                    return;
                };
                question
            };
            let answer = (self.lookup)(&question.host, question.port);
            *question.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            // A task is woken by code of somebody else, which must not take the helper along.
            catch_unwind(AssertUnwindSafe(|| question.asker.notify())).ok();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

/// The address that a literal stands for, or `None` for a name. Brackets and percent-encoding are gone already.
fn literal(host: &str, port: u16) -> Option<io::Result<Vec<SocketAddr>>> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Some(Ok(vec![SocketAddr::new(ip, port)]));
    }
    let (ip, _zone) = host.split_once('%')?;
    ip.parse::<Ipv6Addr>().ok()?;
    // The system knows the names of its interfaces. It asks no server about an address with a zone (RFC 4007, section 11).
    Some(look_up(host, port))
}

fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok((host, port).to_socket_addrs()?.collect())
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::task::Context;

    use super::*;
    use crate::net::reactor::Lease;
    use crate::net::waits::{InThread, OnReactor, in_thread};

    fn address() -> SocketAddr {
        "192.0.2.1:80".parse().unwrap()
    }

    /// A resolver that says when it is asked, and answers when it is told to.
    fn slow_resolver() -> (Resolver, Receiver<String>, Sender<()>) {
        let ((asked, questions), (answers, answer)) = (channel(), channel());
        let (asked, answer) = (Mutex::new(asked), Mutex::new(answer));
        let resolver = Resolver::new(move |host, _| {
            asked.lock().unwrap().send(host.to_owned()).unwrap();
            answer.lock().unwrap().recv().ok();
            Ok(vec![address()])
        });
        (resolver, questions, answers)
    }

    fn resolve(resolver: &Resolver, host: &str) -> Result<Vec<SocketAddr>, ResolveError> {
        resolve_by(resolver, host, None, &Waker::default())
    }

    fn resolve_by(
        resolver: &Resolver,
        host: &str,
        deadline: Option<Instant>,
        waker: &Waker,
    ) -> Result<Vec<SocketAddr>, ResolveError> {
        in_thread(resolver.resolve(&InThread, host, 80, deadline, waker))
    }

    #[test]
    fn literals_ask_no_resolver() {
        let resolver = Resolver::new(|host, _| panic!("{host} is no name"));
        for (host, expected) in [
            ("127.0.0.1", "127.0.0.1:80"),
            ("::1", "[::1]:80"),
            ("::ffff:192.0.2.1", "[::ffff:192.0.2.1]:80"),
            ("fe80::1%1", "[fe80::1%1]:80"),
        ] {
            assert_eq!(resolve(&resolver, host).unwrap(), [expected.parse().unwrap()], "{host}");
        }
    }

    /// The loopback interface is the first one of every Linux system.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_zone_may_be_the_name_of_an_interface() {
        let resolver = Resolver::new(|host, _| panic!("{host} is no name"));
        assert_eq!(resolve(&resolver, "fe80::1%lo").unwrap(), ["[fe80::1%1]:80".parse().unwrap()]);
    }

    #[test]
    fn a_zone_that_does_not_exist_is_an_error() {
        let resolver = Resolver::new(|host, _| panic!("{host} is no name"));
        for host in ["fe80::1%no-such-zone", "fe80::1%", "fe80::1%25lo", "fe80::1%l\0o"] {
            assert!(matches!(resolve(&resolver, host), Err(ResolveError::Failed(_))), "{host:?}");
        }
    }

    #[test]
    fn names_are_asked_for_with_their_port() {
        let resolver = Resolver::new(|host, port| {
            assert_eq!((host, port), ("a.example", 80));
            Ok(vec![address()])
        });
        assert_eq!(resolve(&resolver, "a.example").unwrap(), [address()]);
    }

    #[test]
    fn a_name_without_addresses_is_not_resolved() {
        let resolver = Resolver::new(|_, _| Ok(Vec::new()));
        assert!(matches!(resolve(&resolver, "a.example"), Err(ResolveError::Failed(_))));
        // The system refuses this one without asking anybody.
        assert!(matches!(resolve(Resolver::system(), "a\0b"), Err(ResolveError::Failed(_))));
    }

    #[test]
    fn an_asker_may_leave_and_its_answer_is_dropped() {
        let (resolver, questions, answers) = slow_resolver();
        let waker = Waker::default();
        thread::scope(|scope| {
            let asking = scope.spawn(|| resolve_by(&resolver, "a.example", None, &waker));
            questions.recv().unwrap();
            waker.wake();
            assert!(matches!(asking.join().unwrap(), Err(ResolveError::Woken)));
        });
        // The helper is still busy; the next question has its own answer.
        answers.send(()).unwrap();
        answers.send(()).unwrap();
        assert_eq!(resolve(&resolver, "b.example").unwrap(), [address()]);
    }

    #[test]
    fn an_asker_that_is_dropped_leaves_the_queue() {
        let (resolver, questions, answers) = slow_resolver();
        let (waits, asker) = (OnReactor::new(Lease::get().unwrap()), Waker::default());
        let mut context = Context::from_waker(std::task::Waker::noop());
        // Helpers are at work on these.
        let mut busy: Vec<_> =
            (0..MAX_HELPERS).map(|_| Box::pin(resolver.resolve(&waits, "busy.example", 80, None, &asker))).collect();
        for asking in &mut busy {
            assert!(asking.as_mut().poll(&mut context).is_pending());
            questions.recv().unwrap();
        }
        assert!(pin!(resolver.resolve(&waits, "left.example", 80, None, &asker)).poll(&mut context).is_pending());
        assert_eq!(resolver.shared.lock().queue.len(), 0);
        drop(answers);
        drop(busy);
        assert_eq!(resolve(&resolver, "late.example").unwrap(), [address()]);
    }

    #[test]
    fn a_task_whose_waker_panics_does_not_take_a_helper_along() {
        struct Panics;
        impl std::task::Wake for Panics {
            fn wake(self: Arc<Self>) {
                std::panic::resume_unwind(Box::new("the executor has ended"));
            }
        }
        let (resolver, questions, answers) = slow_resolver();
        let (waits, waker) = (OnReactor::new(Lease::get().unwrap()), Arc::new(Panics).into());
        for _ in 0..MAX_HELPERS {
            let asker = Waker::default();
            let mut asking = pin!(resolver.resolve(&waits, "a.example", 80, None, &asker));
            assert!(asking.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            questions.recv().unwrap();
        }
        drop(answers);
        let in_time = Instant::now() + std::time::Duration::from_secs(10);
        assert_eq!(resolve_by(&resolver, "b.example", Some(in_time), &Waker::default()).unwrap(), [address()]);
    }

    #[test]
    fn a_deadline_ends_the_wait_for_an_answer() {
        let (resolver, _questions, _answers) = slow_resolver();
        let ended = resolve_by(&resolver, "a.example", Some(Instant::now()), &Waker::default());
        assert!(matches!(ended, Err(ResolveError::TimedOut)));
    }

    #[test]
    fn helpers_and_the_queue_are_bounded() {
        let (resolver, questions, answers) = slow_resolver();
        let waker = Waker::default();
        thread::scope(|scope| {
            let askers: Vec<_> =
                (0..MAX_HELPERS).map(|_| scope.spawn(|| resolve_by(&resolver, "busy.example", None, &waker))).collect();
            for _ in &askers {
                assert_eq!(questions.recv().unwrap(), "busy.example");
            }
            // All helpers are at work. What comes now waits, until the queue is full.
            let waiting: Vec<_> = (0..MAX_WAITING)
                .map(|_| {
                    let question = Question {
                        host: "waiting.example".to_owned(),
                        port: 80,
                        answer: Mutex::default(),
                        asker: Waker::default(),
                    };
                    Arc::new(question)
                })
                .collect();
            for question in &waiting {
                resolver.enqueue(question).unwrap();
            }
            assert!(matches!(resolve(&resolver, "late.example"), Err(ResolveError::Failed(_))));
            assert_eq!(resolver.shared.lock().helpers, MAX_HELPERS);
            assert!(questions.try_recv().is_err(), "a fifth helper has started");
            waker.wake();
            for asker in askers {
                assert!(matches!(asker.join().unwrap(), Err(ResolveError::Woken)));
            }
            // With one place free, a caller that gives up leaves it free.
            resolver.shared.lock().queue.pop_back();
            let left = resolve_by(&resolver, "left.example", Some(Instant::now()), &Waker::default());
            assert!(matches!(left, Err(ResolveError::TimedOut)));
            assert_eq!(resolver.shared.lock().queue.len(), MAX_WAITING - 1);
            drop(answers);
        });
        // The helpers work through what is left, and the answers reach those who wait.
        let shared = Arc::clone(&resolver.shared);
        drop(questions.iter().take(MAX_WAITING - 1).collect::<Vec<_>>());
        assert!(shared.lock().queue.is_empty());
    }
}
