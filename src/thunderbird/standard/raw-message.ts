export { rawMessage } from "../messages.ts";
