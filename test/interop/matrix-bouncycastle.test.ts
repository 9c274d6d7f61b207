import { holdPeer } from "./matrix/hold.ts";
import { startBouncyCastle } from "./matrix/bouncycastle.ts";

holdPeer("Bouncy Castle", startBouncyCastle);
