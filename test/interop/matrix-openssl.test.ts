import { holdPeer } from "./matrix/hold.ts";
import { startOpenssl } from "./matrix/openssl.ts";

holdPeer("OpenSSL", startOpenssl);
