/** Mail as Thunderbird builds it: CRLF, 7bit, header fields in its order. */

export function octets(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

export function text(octets: Uint8Array | null): string {
  return octets === null ? "" : Buffer.from(octets).toString("latin1");
}

export function plainMessage(
  options: { from?: string; to?: string; body?: string; subject?: string } = {},
): Uint8Array {
  const {
    from = "Alice Lovelace <alice@smime.example>",
    to = "Bob Babbage <bob@smime.example>",
    subject = "Lunch",
    body = "Shall we meet at noon?\r\n",
  } = options;
  return octets(
    [
      "Message-ID: <b51ffe2a@smime.example>",
      "Date: Mon, 1 Jun 2026 11:58:00 +0000",
      "MIME-Version: 1.0",
      "Content-Language: en-US",
      `To: ${to}`,
      `From: ${from}`,
      `Subject: ${subject}`,
      "Content-Type: text/plain; charset=UTF-8; format=flowed",
      "Content-Transfer-Encoding: 7bit",
      "",
      body,
    ].join("\r\n"),
  );
}

/** The same octets with one of them changed. */
export function altered(message: Uint8Array, at: number): Uint8Array {
  const copy = message.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Replaces the only occurrence. */
export function edited(message: Uint8Array, from: string, to: string): Uint8Array {
  const whole = text(message);
  if (whole.split(from).length !== 2) throw new Error(`"${from}" is not there exactly once`);
  return octets(whole.replace(from, () => to));
}

/** Replaces the only occurrence in the message's own header, as someone on the way could. */
export function editedOutside(message: Uint8Array, from: string, to: string): Uint8Array {
  const [header = "", ...body] = text(message).split("\r\n\r\n");
  const other = text(edited(octets(header), from, to));
  return octets([other, ...body].join("\r\n\r\n"));
}
