import { holdPeer } from "../interop/matrix/hold.ts";
import { startThunderbirdPeer } from "../interop/matrix/thunderbird.ts";

holdPeer("Thunderbird", startThunderbirdPeer);
