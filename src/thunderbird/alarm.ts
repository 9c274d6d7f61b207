import { api } from "./api.ts";

/** One timer that wakes the background. Setting it again starts it anew; null stops it. */
export interface Alarm {
  set(minutes: number | null): Promise<void>;
}

/** Register at the top level. */
export function alarm(name: string, ring: () => void): Alarm {
  api.alarms.onAlarm.addListener((rung) => {
    if (rung.name === name) ring();
  });
  return {
    async set(minutes) {
      if (minutes === null) await api.alarms.clear(name);
      else api.alarms.create(name, { delayInMinutes: minutes });
    },
  };
}
