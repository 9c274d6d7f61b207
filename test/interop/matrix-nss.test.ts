import { holdPeer } from "./matrix/hold.ts";
import { startNss } from "./matrix/nss.ts";

holdPeer("NSS", startNss);
