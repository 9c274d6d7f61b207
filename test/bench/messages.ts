const BOUNDARY = "=_5a1f0c7be2";

/**
 * A mail as people send it: a text, and an attachment in base64 that fills it up to about `octets`.
 * Complete, with CRLF line ends.
 */
export function mailOf(octets: number, text = "Here are the figures."): Uint8Array<ArrayBuffer> {
  const start = [
    "Message-ID: <bench@smime.example>",
    "Date: Mon, 1 Jun 2026 11:58:00 +0000",
    "MIME-Version: 1.0",
    "To: Bob Babbage <bob@smime.example>",
    "From: Alice Lovelace <alice@smime.example>",
    "Subject: Figures",
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    "",
    `--${BOUNDARY}`,
    "Content-Type: text/plain; charset=UTF-8",
    "Content-Transfer-Encoding: 7bit",
    "",
    text,
    `--${BOUNDARY}`,
    'Content-Type: application/octet-stream; name="figures.bin"',
    'Content-Disposition: attachment; filename="figures.bin"',
    "Content-Transfer-Encoding: base64",
    "",
    "",
  ].join("\r\n");
  const end = `\r\n--${BOUNDARY}--\r\n`;
  const lines = Math.max(0, Math.floor((octets - start.length - end.length) / 78));
  const message = Buffer.allocUnsafeSlow(start.length + lines * 78 + end.length);
  let at = message.write(start, "latin1");
  for (let line = 0; line < lines; line++) {
    at += message.write(`${attachmentLine(line)}\r\n`, at, "latin1");
  }
  message.write(end, at, "latin1");
  return new Uint8Array(message.buffer, message.byteOffset, message.length);
}

/** The same in every run, and no two lines near each other alike. */
function attachmentLine(line: number): string {
  const octets = Buffer.alloc(57);
  let state = (line * 2654435761 + 1) >>> 0;
  for (let at = 0; at < 57; at++) {
    state = (state * 1664525 + 1013904223) >>> 0;
    octets[at] = state >>> 24;
  }
  return octets.toString("base64");
}
