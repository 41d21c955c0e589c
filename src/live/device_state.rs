//! The states of devices, with Asterisk's numbers.

/// The state of a device (`ast_device_state`, `include/asterisk/devicestate.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceState {
    /// The device exists, but its state is not known.
    Unknown,
    /// The device is not in use.
    NotInUse,
    /// The device has a call.
    InUse,
    /// The device is busy and takes no further call.
    Busy,
    /// The device does not exist.
    Invalid,
    /// The device cannot be reached.
    Unavailable,
    /// The device rings.
    Ringing,
    /// The device has a call, and another call rings.
    RingInUse,
    /// The device's call is on hold.
    OnHold,
}

impl DeviceState {
    const BY_NUMBER: [Self; 9] = [
        Self::Unknown,
        Self::NotInUse,
        Self::InUse,
        Self::Busy,
        Self::Invalid,
        Self::Unavailable,
        Self::Ringing,
        Self::RingInUse,
        Self::OnHold,
    ];

    /// The state with this number. `None` for a number that is none of the states.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::BY_NUMBER.get(usize::from(number)).copied()
    }

    /// Asterisk's number of the state.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_asterisk_is_one_state_and_no_other_number_is() {
        for number in 0..9 {
            assert_eq!(DeviceState::of_number(number).map(DeviceState::number), Some(number));
        }
        assert_eq!(DeviceState::of_number(9), None);
    }
}
