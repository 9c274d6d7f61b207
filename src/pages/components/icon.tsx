/** Outlines on a 16-unit grid, drawn like Thunderbird's own: a thin line and a faint filling. */
const shapes = {
  unprotected: (
    <>
      <rect class="fill" x="1.5" y="3.5" width="13" height="9.5" rx="1.5" />
      <path d="m2 4.5 6 4.5 6-4.5" />
    </>
  ),
  signed: (
    <>
      <path class="fill" d="m5 9.6-1.5 4.5 2.5-.8 1.5 1.7.5-4 .5 4 1.5-1.7 2.5.8L11 9.6" />
      <circle class="fill" cx="8" cy="6" r="4.8" />
      <path d="m6 6.1 1.5 1.5 2.6-3" />
    </>
  ),
  encrypted: (
    <>
      <path d="M4.8 7V4.7a3.2 3.2 0 0 1 6.4 0V7" />
      <rect class="fill" x="2.8" y="7" width="10.4" height="7.5" rx="1.5" />
      <path d="M8 10v1.7" />
    </>
  ),
  unlocked: (
    <>
      <path d="M4.8 7V4.2a3.2 3.2 0 0 1 6.1-1.3" />
      <rect class="fill" x="2.8" y="7" width="10.4" height="7.5" rx="1.5" />
      <path d="M8 10v1.7" />
    </>
  ),
  blocked: (
    <>
      <path d="M4.8 7V4.7a3.2 3.2 0 0 1 6.4 0V7" />
      <rect class="fill" x="2.8" y="7" width="10.4" height="7.5" rx="1.5" />
      <path d="m1.5 1.5 13 13" />
    </>
  ),
  warning: (
    <>
      <path class="fill" d="M8 1.8 15 14H1z" />
      <path d="M8 6.2v3.6M8 11.8v.2" />
    </>
  ),
  info: (
    <>
      <circle class="fill" cx="8" cy="8" r="6.5" />
      <path d="M8 7.4v3.8M8 4.9v.2" />
    </>
  ),
  check: <path d="m3 8.5 3.3 3.4L13 4.5" />,
  waiting: (
    <>
      <circle class="fill" cx="8" cy="8" r="6.5" />
      <path d="M8 4.3V8l2.5 1.6" />
    </>
  ),
  file: (
    <>
      <path class="fill" d="M3.5 1.5h6l3 3v10h-9z" />
      <path d="M9.5 1.5v3h3M8 12V7.2M5.8 9.2 8 7l2.2 2.2" />
    </>
  ),
  "new-file": (
    <>
      <path class="fill" d="M3.5 1.5h6l3 3v10h-9z" />
      <path d="M9.5 1.5v3h3M8 7v5M5.5 9.5h5" />
    </>
  ),
  person: (
    <>
      <circle class="fill" cx="8" cy="5" r="3" />
      <path class="fill" d="M2.5 14c0-3 2.4-4.6 5.5-4.6s5.5 1.6 5.5 4.6z" />
    </>
  ),
  search: (
    <>
      <circle class="fill" cx="7" cy="7" r="4.7" />
      <path d="m10.5 10.5 4 4" />
    </>
  ),
  shield: (
    <>
      <path class="fill" d="m8 1.5 5.5 2V8c0 3.3-2.4 5.4-5.5 6.5C4.9 13.4 2.5 11.3 2.5 8V3.5z" />
      <path d="m5.6 7.9 1.8 1.8 3-3.4" />
    </>
  ),
  sliders: (
    <>
      <path d="M2 4.5h7M12.4 4.5H14M2 11.5h1.5M6.9 11.5H14" />
      <circle class="fill" cx="10.7" cy="4.5" r="1.7" />
      <circle class="fill" cx="5.2" cy="11.5" r="1.7" />
    </>
  ),
} as const;

export type IconName = keyof typeof shapes;

/** Beside words that say the same: hidden from screen readers. */
export function Icon({ name, large = false }: { name: IconName; large?: boolean }) {
  return (
    <svg class={large ? "icon large" : "icon"} viewBox="0 0 16 16" aria-hidden="true">
      {shapes[name]}
    </svg>
  );
}
