//! The body of the response, as the program reads it.

use super::{Answer, Exchange, ExchangeError};

impl Exchange {
    /// How many bytes of the body can be read without waiting, and whether more can come.
    pub fn available(&self) -> (usize, bool) {
        let Some(answer) = &self.answer else { return (0, false) };
        (answer.body.available(&self.ahead), !self.is_at_end(answer))
    }

    /// Reads what has come of the body. 0 means that nothing has, or that the body has ended: see
    /// [`available`](Self::available).
    ///
    /// # Errors
    ///
    /// [`ExchangeError::Body`], after all that came before the fault; and each time again.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ExchangeError> {
        let Some(answer) = &mut self.answer else { return Ok(0) };
        if answer.body.is_done() {
            return Ok(0);
        }
        let progress = match answer.body.read(&self.ahead, buffer) {
            Ok(progress) => progress,
            Err(error) => return Err(ExchangeError::Body(error)),
        };
        self.ahead.drain(..progress.taken);
        match answer.fault {
            Some(fault) if progress.given == 0 && !buffer.is_empty() && !progress.is_done => Err(fault),
            _ => Ok(progress.given),
        }
    }

    /// Nothing more of the body comes.
    fn is_at_end(&self, answer: &Answer) -> bool {
        if answer.body.is_done() || answer.fault.is_some() {
            return true;
        }
        // The end of a chunked body may lie in the bytes that are there, or a fault behind which nothing is read.
        let mut probe = answer.body.clone();
        probe.read(&self.ahead, &mut []).map_or(true, |progress| progress.is_done)
    }
}
