import { ask, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { Issuers } from "./issuers.tsx";
import { BuiltInIssuers } from "./trust-built-in.tsx";

/** Whose word on people's addresses counts. */
export function Trust() {
  const anchors = useLoaded(() => ask("trust.list", null));
  return (
    <>
      <Failure code={anchors.failure} />
      <Issuers anchors={anchors.value ?? []} onChange={() => void anchors.reload()} />
      <BuiltInIssuers />
    </>
  );
}
