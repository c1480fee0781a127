//! An invite as a picture.

use qrcode::{Color, EcLevel};

use crate::error::NightstandError;

/// A QR code: a square of dark and light modules.
#[derive(Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Modules along one side.
    pub width: u32,
    /// `width` × `width` modules, line by line; true is dark. The light margin of four modules around is not in it.
    pub dark: Vec<bool>,
}

impl QrCode {
    /// The code that spells a text.
    pub fn of(text: &str) -> Result<Self, NightstandError> {
        let code =
            qrcode::QrCode::with_error_correction_level(text, EcLevel::L).map_err(|_| NightstandError::TooLarge)?;
        let width = u32::try_from(code.width()).map_err(|_| NightstandError::TooLarge)?;
        Ok(Self { width, dark: code.to_colors().into_iter().map(|color| color == Color::Dark).collect() })
    }

    /// The code in half blocks, for a terminal: two lines of modules in each line of text, with the margin.
    pub fn to_text(&self) -> String {
        let width = self.width as i64;
        let dark = |x: i64, y: i64| {
            let inside = (0..width).contains(&x) && (0..width).contains(&y);
            inside && self.dark.get((y * width + x) as usize).copied().unwrap_or_default()
        };
        let mut text = String::new();
        for y in (-4..width + 4).step_by(2) {
            for x in -4..width + 4 {
                // A terminal is mostly dark: light modules are drawn.
                text.push(match (dark(x, y), dark(x, y + 1)) {
                    (false, false) => '█',
                    (false, true) => '▀',
                    (true, false) => '▄',
                    (true, true) => ' ',
                });
            }
            text.push('\n');
        }
        text
    }
}

impl core::fmt::Debug for QrCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "QrCode({0} × {0})", self.width)
    }
}
