import type { Group } from "../../core/protocol.ts";
import { number, text } from "../../thunderbird/i18n.ts";
import { groups, headings } from "./headings.ts";

/** Shows only the contacts of one group. Nothing to choose where there is but one. */
export function GroupFilter({
  counts,
  value,
  onChoose,
}: {
  counts: Readonly<Record<Group, number>>;
  value: Group | null;
  onChoose: (group: Group | null) => void;
}) {
  const there = groups.filter((group) => counts[group] > 0);
  if (there.length < 2) return null;
  return (
    <div class="chips" role="group" aria-label={text("filter_groups")}>
      {there.map((group) => (
        <button
          key={group}
          type="button"
          aria-pressed={group === value}
          onClick={() => {
            onChoose(group === value ? null : group);
          }}
        >
          {text(headings[group])} <span class="count">{number(counts[group])}</span>
        </button>
      ))}
    </div>
  );
}
