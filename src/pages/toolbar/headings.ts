import type { Group } from "../../core/protocol.ts";

export const headings: Record<Group, string> = {
  attend: "group_attend",
  act: "group_act",
  wait: "group_wait",
  ready: "group_ready",
  start: "group_start",
};

/** Most urgent first. */
export const groups: readonly Group[] = ["attend", "act", "wait", "ready", "start"];
