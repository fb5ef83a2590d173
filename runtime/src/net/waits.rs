//! How a driver waits: in the thread that calls it, or as a task that a reactor wakes.
//!
//! A driver is written once, as an `async` function over [`Waits`]. In a thread nothing of it is ever pending: each wait
//! blocks, and [`in_thread`] takes the result out.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use super::connect::{self, Attempt};
use super::reactor::Lease;
use super::stream::Stream;
use super::tcp::Waited;
use super::times;
use super::wait::{Interest, Readiness, Waker};

/// How often a task reads before it lets others go on.
const MAX_READS: u32 = 64;

/// A way to wait.
pub(crate) trait Waits: Sync {
    /// Waits until `look` gives something, the waker is used, or the deadline has passed. Whoever makes something to look at
    /// notifies the waker.
    fn until<T: Send>(
        &self,
        waker: &Waker,
        deadline: Option<Instant>,
        look: impl FnMut() -> Option<T> + Send,
    ) -> impl Future<Output = Result<T, Readiness>> + Send;

    /// Waits until one of the attempts to connect may have ended, the waker is used, or the deadline has passed.
    fn attempts(
        &self,
        attempts: &[Attempt],
        deadline: Option<Instant>,
        waker: &Waker,
    ) -> impl Future<Output = io::Result<()>> + Send;

    /// Waits until reading or writing is worth another try. Of a wait for writing the waker makes no end.
    fn stream(
        &self,
        stream: &Stream,
        interest: Interest,
        deadline: Option<Instant>,
        waker: &Waker,
    ) -> impl Future<Output = io::Result<Readiness>> + Send;

    /// Reads into `buffer`, which is not empty: what there is, if need be after a wait. What is there is read even after the
    /// deadline.
    fn read(
        &self,
        stream: &Stream,
        buffer: &mut [u8],
        deadline: Option<Instant>,
        waker: &Waker,
    ) -> impl Future<Output = io::Result<Waited>> + Send;
}

/// Blocks in the thread of the caller.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InThread;

/// Leaves the thread to others, and has the reactor wake the task.
#[derive(Debug)]
pub(crate) struct OnReactor {
    lease: Arc<Lease>,
    /// How often something was read, or tried to be: a peer that sends without a pause must not hold the thread.
    reads: AtomicU32,
}

/// What a driver that waits in this thread gives.
pub(crate) fn in_thread<T>(driver: impl Future<Output = T>) -> T {
    match pin!(driver).poll(&mut Context::from_waker(std::task::Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("each wait blocks until it is over"),
    }
}

/// Gives the thread to others for a moment.
async fn others_go_on() {
    let mut have_gone_on = false;
    poll_fn(|context| {
        if std::mem::replace(&mut have_gone_on, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Waits for InThread {
    async fn until<T: Send>(
        &self,
        waker: &Waker,
        deadline: Option<Instant>,
        look: impl FnMut() -> Option<T> + Send,
    ) -> Result<T, Readiness> {
        waker.wait_until(deadline, look)
    }

    async fn attempts(&self, attempts: &[Attempt], deadline: Option<Instant>, waker: &Waker) -> io::Result<()> {
        connect::wait_for_attempts(attempts, deadline, waker)
    }

    async fn stream(
        &self,
        stream: &Stream,
        interest: Interest,
        deadline: Option<Instant>,
        _: &Waker,
    ) -> io::Result<Readiness> {
        // Whoever uses the waker shuts the stream down as well.
        stream.wait(interest, deadline, None)
    }

    async fn read(
        &self,
        stream: &Stream,
        buffer: &mut [u8],
        deadline: Option<Instant>,
        _: &Waker,
    ) -> io::Result<Waited> {
        stream.read(buffer, deadline, None)
    }
}

impl OnReactor {
    pub(crate) const fn new(lease: Arc<Lease>) -> Self {
        Self { lease, reads: AtomicU32::new(0) }
    }

    pub(crate) const fn lease(&self) -> &Arc<Lease> {
        &self.lease
    }
}

impl Waits for OnReactor {
    async fn until<T: Send>(
        &self,
        waker: &Waker,
        deadline: Option<Instant>,
        mut look: impl FnMut() -> Option<T> + Send,
    ) -> Result<T, Readiness> {
        let mut timer = self.lease.timer();
        poll_fn(|context| {
            waker.watch(context);
            if waker.is_woken() {
                return Poll::Ready(Err(Readiness::Woken));
            }
            if let Some(found) = look() {
                return Poll::Ready(Ok(found));
            }
            timer.poll(deadline, context).map(|()| Err(Readiness::TimedOut))
        })
        .await
    }

    async fn attempts(&self, attempts: &[Attempt], deadline: Option<Instant>, waker: &Waker) -> io::Result<()> {
        let mut timer = self.lease.timer();
        poll_fn(|context| {
            waker.watch(context);
            let mut is_over = waker.is_woken() || timer.poll(deadline, context).is_ready();
            for attempt in attempts {
                is_over |= attempt.poll_ready(&self.lease, context)?.is_ready();
            }
            if is_over { Poll::Ready(Ok(())) } else { Poll::Pending }
        })
        .await
    }

    async fn stream(
        &self,
        stream: &Stream,
        interest: Interest,
        deadline: Option<Instant>,
        waker: &Waker,
    ) -> io::Result<Readiness> {
        stream.register(&self.lease)?;
        let mut timer = self.lease.timer();
        poll_fn(|context| {
            waker.watch(context);
            if waker.is_woken() {
                return Poll::Ready(Ok(Readiness::Woken));
            }
            if stream.poll_ready(interest, context).is_ready() {
                return Poll::Ready(Ok(Readiness::Ready));
            }
            timer.poll(deadline, context).map(|()| Ok(Readiness::TimedOut))
        })
        .await
    }

    async fn read(
        &self,
        stream: &Stream,
        buffer: &mut [u8],
        deadline: Option<Instant>,
        waker: &Waker,
    ) -> io::Result<Waited> {
        stream.register(&self.lease)?;
        let (mut is_late, mut has_waited) = (false, false);
        loop {
            if self.reads.fetch_add(1, Ordering::Relaxed) % MAX_READS == MAX_READS - 1 {
                others_go_on().await;
            }
            match stream.try_read(buffer)? {
                Some(0) => return Ok(Waited::End),
                Some(count) => return Ok(Waited::Bytes(count)),
                // A peer that sends records without plaintext all the time must not hold the task.
                None if is_late => return Ok(Waited::TimedOut),
                None => match self.stream(stream, Interest::Read, deadline, waker).await? {
                    Readiness::Ready => {
                        is_late = deadline.is_some_and(|deadline| deadline <= times::now());
                        // There was much to read, and all for nothing.
                        if std::mem::replace(&mut has_waited, true) {
                            others_go_on().await;
                        }
                    }
                    Readiness::TimedOut => return Ok(Waited::TimedOut),
                    Readiness::Woken => return Ok(Waited::Woken),
                },
            }
        }
    }
}
