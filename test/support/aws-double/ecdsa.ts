/** ECDSA on P-256 of a hash that is there already, as KMS signs a digest: node's own `sign` would hash it once more. */
import { createECDH, type KeyObject, randomBytes } from 'node:crypto';

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const toNumber = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const toBytes = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

const power = (base: bigint, exponent: bigint): bigint => {
  let [result, factor] = [1n, base % order];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % order;
    factor = (factor * factor) % order;
  }
  return result;
};

/** The order is a prime. */
const inverse = (value: bigint) => power(value, order - 2n);

const derInteger = (value: bigint): Buffer => {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const body = (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return Buffer.concat([Buffer.of(2, body.length), body]);
};

/** DER. */
export const signHash = (privateKey: KeyObject, hash: Uint8Array): Buffer => {
  const secret = toNumber(Buffer.from(String(privateKey.export({ format: 'jwk' }).d), 'base64url'));
  const nonce = (toNumber(randomBytes(40)) % (order - 1n)) + 1n;
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(toBytes(nonce));
  const r = toNumber(curve.getPublicKey().subarray(1, 33)) % order;
  const s = (inverse(nonce) * (toNumber(hash) + r * secret)) % order;
  const body = Buffer.concat([derInteger(r), derInteger(s)]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
};
