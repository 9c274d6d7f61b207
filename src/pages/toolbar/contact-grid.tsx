import type { ComponentChildren, Ref } from "preact";
import { useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { number, text } from "../../thunderbird/i18n.ts";
import type { ContactView } from "../../core/protocol.ts";
import { ContactFacts } from "./contact-row.tsx";
import type { Line } from "./contacts.ts";
import { NextButton } from "../components/next-button.tsx";
import { headings } from "./headings.ts";
import { inView, layOut, scrolledTo, topOf, type Layout } from "./layout.ts";
import { stepFrom, type Part } from "./steps-in-grid.ts";

/** Lines that are drawn above and below those in view. */
const AROUND = 3;
const GUESSED = { heading: 30, contact: 104 } as const;

/**
 * The contacts as a grid of which only the lines in view exist (WAI-ARIA, "grid" pattern): arrow keys,
 * Home, End and the page keys move from contact to contact, left and right between what is known and
 * the action. One line is the one that Tab comes to; it keeps existing while it has the focus.
 */
export function ContactGrid({
  lines,
  complete,
  label,
  onLeave,
  onType,
  onDecide,
  gridRef,
}: {
  lines: readonly Line[];
  /** No more will come. */
  complete: boolean;
  label: string;
  /** The arrow up from the first contact. */
  onLeave: () => void;
  /** A character that is no command of the grid's. */
  onType: () => void;
  onDecide: (contact: ContactView) => void;
  gridRef: Ref<{ focus(): void }>;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRef(new Map<string, HTMLElement>());
  const heights = useRef(new Map<string, number>());
  const [measured, setMeasured] = useState(0);
  const remeasured = () => {
    setMeasured((count) => count + 1);
  };
  const [view, setView] = useState({ top: 0, height: 600 });
  const [active, setActive] = useState<string | null>(null);
  const wanted = useRef<{ readonly key: string; readonly part: Part } | null>(null);

  const layout = useMemo(
    () =>
      layOut(lines.length, (index) => {
        const line = lines[index];
        return line === undefined ? 0 : (heights.current.get(line.key) ?? GUESSED[line.kind]);
      }),
    [lines, measured],
  );
  const activeIndex = activeLine(lines, active);

  const go = (index: number, part: Part) => {
    const line = lines[index];
    if (line?.kind !== "contact") return;
    wanted.current = { key: line.key, part };
    setActive(line.key);
    reveal(index);
    remeasured();
  };

  const reveal = (index: number) => {
    const { current } = scroller;
    if (current === null) return;
    const from = lines[index - 1]?.kind === "heading" ? index - 1 : index;
    const now = { top: current.scrollTop, height: current.clientHeight };
    const top = scrolledTo(layout, now, { from, to: index + 1 });
    if (top === now.top) return;
    current.scrollTop = top;
    setView({ ...now, top });
  };

  useImperativeHandle(gridRef, () => ({
    focus() {
      go(activeIndex, "facts");
    },
  }));

  // What has been drawn has its true height; the lines above the view must not move the others.
  useLayoutEffect(() => {
    const { current } = scroller;
    if (current === null) return;
    let above = 0;
    let changed = false;
    for (const [key, row] of rows.current) {
      const height = row.getBoundingClientRect().height;
      const before =
        heights.current.get(key) ??
        GUESSED[row.dataset["kind"] === "heading" ? "heading" : "contact"];
      if (height === 0 || Math.abs(height - before) < 0.5) continue;
      heights.current.set(key, height);
      changed = true;
      if (Number(row.dataset["top"]) + before <= current.scrollTop) above += height - before;
    }
    if (changed) {
      if (above !== 0) current.scrollTop += above;
      remeasured();
      return;
    }
    const { current: target } = wanted;
    if (target === null) return;
    const index = lines.findIndex(({ key }) => key === target.key);
    reveal(index);
    const cell = rows.current.get(target.key)?.querySelector<HTMLElement>(PARTS[target.part]);
    if (cell === null || cell === undefined) return;
    wanted.current = null;
    cell.focus({ preventScroll: true });
  });

  useLayoutEffect(() => {
    performance.mark("contacts-drawn");
    const { current } = scroller;
    if (current === null) return;
    const resized = new ResizeObserver(() => {
      setView({ top: current.scrollTop, height: current.clientHeight });
    });
    resized.observe(current);
    return () => {
      resized.disconnect();
    };
  }, []);

  const { from, to } = inView(layout, view, AROUND);
  const drawn = new Set(Array.from({ length: Math.max(to - from, 0) }, (_, index) => from + index));
  if (activeIndex >= 0) drawn.add(activeIndex);

  return (
    <div
      ref={scroller}
      class="contacts"
      data-complete={complete}
      role="grid"
      aria-label={label}
      aria-rowcount={lines.length}
      aria-colcount={2}
      onScroll={({ currentTarget: { scrollTop: top, clientHeight: height } }) => {
        setView({ top, height });
      }}
      onKeyDown={(event) => {
        const part: Part = event.target instanceof HTMLButtonElement ? "action" : "facts";
        const step = stepFrom(event, {
          lines,
          index: activeIndex,
          part,
          rightToLeft: getComputedStyle(event.currentTarget).direction === "rtl",
          pageUp: lineBefore(layout, activeIndex, view.height),
          pageDown: lineBefore(layout, activeIndex, -view.height),
        });
        if (step === null) return;
        if (step.kind === "type") onType();
        else {
          event.preventDefault();
          if (step.kind === "leave") onLeave();
          else if (step.kind === "act") {
            rows.current
              .get(lines[activeIndex]?.key ?? "")
              ?.querySelector("button")
              ?.click();
          } else go(step.index, step.part);
        }
      }}
    >
      <div class="lines" role="presentation" style={{ height: `${topOf(layout, lines.length)}px` }}>
        {[...drawn]
          .sort((a, b) => a - b)
          .map((index) => {
            const line = lines[index];
            if (line === undefined) return null;
            const top = topOf(layout, index);
            return (
              <Row
                key={line.key}
                line={line}
                index={index}
                top={top}
                rowRef={(row) => {
                  if (row === null) rows.current.delete(line.key);
                  else rows.current.set(line.key, row);
                }}
              >
                {line.kind === "contact" && (
                  <ContactCells
                    contact={line.contact}
                    tabIndex={index === activeIndex ? 0 : -1}
                    onFocus={() => {
                      setActive(line.key);
                    }}
                    onDecide={onDecide}
                  />
                )}
              </Row>
            );
          })}
      </div>
    </div>
  );
}

const PARTS: Record<Part, string> = { facts: ".contact-facts", action: "button" };

function Row({
  line,
  index,
  top,
  rowRef,
  children,
}: {
  line: Line;
  index: number;
  top: number;
  rowRef: (row: HTMLElement | null) => void;
  children: ComponentChildren;
}) {
  return (
    <div
      ref={rowRef}
      role="row"
      aria-rowindex={index + 1}
      class={line.kind === "heading" ? "line-heading" : "contact-line"}
      data-kind={line.kind}
      data-top={top}
      style={{ top: `${top}px` }}
    >
      {line.kind === "heading" ? (
        <div role="gridcell" aria-colspan={2}>
          <h2>
            {text(headings[line.group])} <span class="count">{number(line.count)}</span>
          </h2>
        </div>
      ) : (
        children
      )}
    </div>
  );
}

function ContactCells({
  contact,
  tabIndex,
  onFocus,
  onDecide,
}: {
  contact: ContactView;
  tabIndex: number;
  onFocus: () => void;
  onDecide: (contact: ContactView) => void;
}) {
  return (
    <>
      <div
        role="gridcell"
        class="contact-facts"
        tabIndex={tabIndex}
        data-address={contact.address}
        data-state={contact.state}
        onFocus={onFocus}
      >
        <ContactFacts contact={contact} />
      </div>
      <div role="gridcell" class="contact-action" onFocusCapture={onFocus}>
        <NextButton
          contact={contact}
          quiet={contact.group === "start"}
          tabIndex={tabIndex}
          onDecide={() => {
            onDecide(contact);
          }}
        />
      </div>
    </>
  );
}

/** The line that Tab comes to: where one was before, else the first contact; -1 where there is none. */
function activeLine(lines: readonly Line[], active: string | null): number {
  const same = active === null ? -1 : lines.findIndex(({ key }) => key === active);
  return same >= 0 ? same : lines.findIndex(({ kind }) => kind === "contact");
}

/** The line that is so much higher up. */
function lineBefore(layout: Layout, index: number, height: number): number {
  return inView(layout, { top: topOf(layout, index) - height, height: 0 }, 0).from;
}
