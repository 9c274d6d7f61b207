const DAY = 24 * 60 * 60 * 1000;

/** Milliseconds before a certificate's end within which one speaks of it and expects its successor. */
export const RENEWAL_PERIOD = 30 * DAY;

/** Unsigned mail for so long, and no other, lets one doubt that they still can. */
export const SILENCE_PERIOD = 35 * DAY;

/** How long an answer to one's own certificate is waited for. */
export const ANSWER_PERIOD = 7 * DAY;
