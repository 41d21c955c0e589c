//! Messages and answers of the core, as PHP objects hold them.

use std::rc::Rc;
use std::sync::Arc;

use apn_ami::error::{ActionError, Answer};
use apn_ami::node::OutcomeCell;
use apn_ami::wire;

/// The message of an event or of a response.
#[derive(Clone)]
pub(crate) enum Content {
    /// A single message.
    Single(wire::Message),
    /// A part of an answer, which is shared with the objects of the other parts.
    AnswerPart(SharedAnswer, AnswerPart),
}

/// The answer of an action, in the core's outcome cell or read from serialized data.
#[derive(Clone)]
pub(crate) enum SharedAnswer {
    Cell(Arc<OutcomeCell>),
    Own(Rc<Answer>),
}

#[derive(Clone, Copy)]
pub(crate) enum AnswerPart {
    Response,
    Event(usize),
    Complete,
}

impl SharedAnswer {
    /// The answer. None if the action got no response. No object is made in that case.
    pub(crate) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Own(answer) => Some(answer),
            Self::Cell(cell) => match cell.outcome()? {
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
            AnswerPart::Complete => answer.complete.as_deref(),
        }
    }
}
