//! QR codes of the addresses at which customers pay: as a picture, and as dark and light squares.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode as Code};
use tillkit_model::error::{self, Error};

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Row by row, true is dark; without the light border that readers need around it.
    pub matrix: Vec<Vec<bool>>,
    /// The same as a picture, with its border.
    pub svg: String,
}

/// The QR code of a text.
///
/// # Errors
/// `invalid-field` for a text that no QR code can hold.
pub fn qr_code(text: &str) -> Result<QrCode, Error> {
    let code = Code::with_error_correction_level(text, EcLevel::M).map_err(|fault| {
        let error = Error::new(error::Code::InvalidField).field("url").rule("qr-code");
        error.message(format!("this text does not fit into a QR code: {fault}"))
    })?;
    let dark = |colour: qrcode::Color| colour == qrcode::Color::Dark;
    let squares: Vec<bool> = code.to_colors().into_iter().map(dark).collect();
    let matrix = squares.chunks(code.width()).map(<[bool]>::to_vec).collect();
    let svg = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    Ok(QrCode { matrix, svg })
}
