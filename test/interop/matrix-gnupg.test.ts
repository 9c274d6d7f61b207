import { holdPeer } from "./matrix/hold.ts";
import { startGnupg } from "./matrix/gnupg.ts";

holdPeer("GnuPG", startGnupg);
