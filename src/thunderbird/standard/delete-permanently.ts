import { api } from "../api.ts";

/** The published types know only what this was in manifest version 2. */
export const deletePermanently = (id: number) =>
  (
    api.messages.delete as unknown as (
      ids: readonly number[],
      options: { deletePermanently: true },
    ) => Promise<void>
  )([id], { deletePermanently: true });
