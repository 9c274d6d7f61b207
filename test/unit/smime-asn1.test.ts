import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  der,
  derHeader,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
  derTime,
  derUnsignedInteger,
  toDer,
} from "../../src/core/asn1/der.ts";
import { children, encodingOf, octetsIn, readTlv, tags } from "../../src/core/asn1/tlv.ts";
import { integerHexIn, oidIn, smallIntegerIn, timeIn } from "../../src/core/asn1/values.ts";
import { octets, text } from "../support/messages.ts";

const malformed = { name: "SmimeError", code: "cms-malformed" };
const tooComplex = { name: "SmimeError", code: "message-too-complex" };

describe("the TLV reader", () => {
  it("gives views of primitive strings and joins constructed ones, of any number of segments", () => {
    const whole = der(0x04, octets("abc"));
    assert.equal(octetsIn(readTlv(whole)).buffer, whole.buffer);
    const segment = text(derOctetString(octets("ab")));
    const nested = octets(`\x24\x80${segment}\x24\x80${segment}\x00\x00\x24\x04${segment}\x00\x00`);
    assert.equal(text(octetsIn(readTlv(nested))), "ababab");
    const many = octets(`\x24\x80${segment.repeat(300_000)}\x00\x00`);
    assert.equal(octetsIn(readTlv(many)).length, 600_000);
    assert.equal(octetsIn(readTlv(octets("\x24\x80\x00\x00"))).length, 0);
  });

  it("finds the end of nested indefinite lengths", () => {
    const inner = "\x30\x80\x02\x01\x05\x00\x00";
    const [first, second] = children(readTlv(octets(`\x30\x80${inner}${inner}\x00\x00rest`)));
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(text(encodingOf(first)), inner);
    assert.equal(smallIntegerIn(children(second)[0]), 5);
  });

  it("refuses what does not fit into what holds it", () => {
    for (const broken of [
      ...["", "\x30", "\x30\x05\x02\x01", "\x30\x80\x02\x01\x05", "\x30\x80\x02\x01\x05\x00"],
      ...["\x04\x80\x00\x00", "\x1f\x81\x01\x00", "\x30\x89", "\x30\x84\x7f\xff\xff\xff"],
    ]) {
      assert.throws(() => readTlv(octets(broken)), malformed, JSON.stringify(broken));
    }
    assert.throws(() => children(readTlv(octets("\x30\x03\x02\x05\x01"))), malformed);
    assert.throws(() => octetsIn(readTlv(octets("\x24\x03\x02\x01\x05"))), malformed);
  });

  it("is bounded in depth and in number", () => {
    assert.throws(() => readTlv(octets("\x30\x80".repeat(1000))), tooComplex);
    const wide = readTlv(octets(`\x30\x83\x20\x00\x00${"\x05\x00".repeat(0x100000)}`));
    assert.throws(() => children(wide), tooComplex);
  });
});

describe("DER", () => {
  it("has the shortest length", () => {
    assert.deepEqual([...derHeader(0x30, 127)], [0x30, 127]);
    assert.deepEqual([...derHeader(0x30, 128)], [0x30, 0x81, 128]);
    assert.deepEqual([...derHeader(0x30, 0x1000000)], [0x30, 0x84, 1, 0, 0, 0]);
  });

  it("is what BER becomes: definite, whole, sorted", () => {
    const ber = octets("\x31\x80\x04\x01b\x24\x80\x04\x01a\x04\x01c\x00\x00\x01\x01\x07\x00\x00");
    assert.equal(text(toDer(readTlv(ber))), "\x31\x0a\x01\x01\xff\x04\x01b\x04\x02ac");
    const sorted = derSetOf([derSmallInteger(300), derSmallInteger(2)]);
    assert.deepEqual(toDer(readTlv(sorted)), sorted);
    const long = octets(`\x30\x80${"\x05\x00".repeat(200_000)}\x00\x00`);
    assert.equal(toDer(readTlv(long)).length, 400_000 + 5);
  });

  it("values go there and back", () => {
    const arc = fc.nat(1_000_000);
    fc.assert(
      fc.property(fc.constantFrom("0.9", "1.2", "2.5", "2.999"), fc.array(arc), (start, arcs) => {
        const dotted = [start, ...arcs.slice(0, 10)].join(".");
        assert.equal(oidIn(readTlv(derOid(dotted))), dotted);
      }),
    );
    fc.assert(
      fc.property(fc.nat(), (value) => {
        assert.equal(smallIntegerIn(readTlv(derSmallInteger(value))), value);
      }),
    );
    assert.equal(integerHexIn(readTlv(derUnsignedInteger(Uint8Array.of(0, 0, 0x80)))), "0080");
    assert.equal(integerHexIn(readTlv(derUnsignedInteger(Uint8Array.of(0)))), "00");
  });

  it("times are UTCTime through 2049", () => {
    for (const [iso, tag] of [
      ["1950-01-01T00:00:00.000Z", tags.utcTime],
      ["2049-12-31T23:59:59.000Z", tags.utcTime],
      ["2050-01-01T00:00:00.000Z", tags.generalizedTime],
    ] as const) {
      const encoded = readTlv(derTime(new Date(iso)));
      assert.equal(encoded.tag, tag);
      assert.equal(timeIn(encoded).toISOString(), iso);
    }
    for (const broken of ["2606011200Z", "260601120000+0200", "269901120000Z", "x"]) {
      assert.throws(() => timeIn(readTlv(der(tags.utcTime, octets(broken)))), malformed, broken);
    }
    assert.throws(() => oidIn(readTlv(derSequence())), malformed);
  });
});
