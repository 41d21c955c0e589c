//! What the core hands over as an event or an answer, as the objects of PHP hold it.

use std::rc::Rc;
use std::sync::Arc;

use apn_ami::error::{ActionError, Answer};
use apn_ami::node::OutcomeCell;
use apn_ami::wire;

/// Where the message is.
#[derive(Clone)]
pub(crate) enum Content {
    /// A message by itself.
    Single(wire::Message),
    /// A part of what an action brought back, shared with all other parts.
    AnswerPart(SharedAnswer, AnswerPart),
}

/// What an action brought back: where the core put it, or unserialised.
#[derive(Clone)]
pub(crate) enum SharedAnswer {
    Slot(Arc<OutcomeCell>),
    Own(Rc<Answer>),
}

#[derive(Clone, Copy)]
pub(crate) enum AnswerPart {
    Response,
    Event(usize),
    Complete,
}

impl SharedAnswer {
    /// None for a slot whose action brought nothing back, of which no object is made.
    pub(crate) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Own(answer) => Some(answer),
            Self::Slot(slot) => match slot.outcome()? {
                Ok(answer) => Some(answer),
                Err(ActionError::Refused { response, .. }) => Some(response),
                Err(_) => None,
            },
        }
    }

    pub(crate) fn answer_part(&self, part: AnswerPart) -> Option<&wire::Message> {
        let answer = self.answer()?;
        match part {
            AnswerPart::Response => Some(&answer.response),
            AnswerPart::Event(at) => answer.events.get(at),
            AnswerPart::Complete => answer.complete.as_ref(),
        }
    }
}
